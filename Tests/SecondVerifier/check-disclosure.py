#!/usr/bin/env python3
"""Checks the second verifier of disclosures on disclosures made here: every proof of small trees, then one change at a time."""
import base64
import copy
import hashlib
import hmac
import os
import subprocess
import sys
import tempfile
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import disclosure
import seal
import verify


def node_hash(leaves):
    return verify.range_root(0, leaves, len(leaves), [])


def split(size):
    return 1 << ((size - 1).bit_length() - 1)


def audit_path(index, leaves):
    if len(leaves) == 1:
        return []
    half = split(len(leaves))
    if index < half:
        return audit_path(index, leaves[:half]) + [node_hash(leaves[half:])]
    return audit_path(index - half, leaves[half:]) + [node_hash(leaves[:half])]


def range_proof(start, end, leaves, low=0):
    if not leaves or (start <= low and low + len(leaves) <= end):
        return []
    if low >= end or low + len(leaves) <= start:
        return [node_hash(leaves)]
    half = split(len(leaves))
    return range_proof(start, end, leaves[:half], low) + range_proof(start, end, leaves[half:], low + half)


def text(hashes):
    return [base64.b64encode(part).decode() for part in hashes]


def range_item(kind, path, leaves, paths):
    """A directory or absent item with its neighbours; a directory begins at `path/`, what is absent at `path`."""
    low = sum(each < (path if kind == "absent" else path + b"/") for each in paths)
    high = sum(each < path + b"0" for each in paths)
    first, last = max(0, low - 1), min(len(leaves), high + 1)
    lines = [leaf.decode() for leaf in leaves]
    return {"kind": kind, "path": verify.escape(path), "start": first, "previous": lines[low - 1] if low else None,
            "entries": lines[low:high], "next": lines[high] if high < len(leaves) else None,
            "proof": text(range_proof(first, last, leaves))}


def gap(low, leaves):
    """The two neighbours of the place before leaf `low`, which nothing stands between."""
    first, last = max(0, low - 1), min(len(leaves), low + 1)
    lines = [leaf.decode() for leaf in leaves]
    return {"start": first, "previous": lines[low - 1] if low else None,
            "next": lines[low] if low < len(leaves) else None, "proof": text(range_proof(first, last, leaves))}


def absent_item(path, leaves, paths):
    low, beneath = sum(each < path for each in paths), sum(each < path + b"/" for each in paths)
    item = {"kind": "absent", "path": verify.escape(path), **gap(low, leaves)}
    if low < len(paths) and paths[low] < path + b"0":
        item["beneath"] = gap(beneath, leaves)
    return item


def proofs():
    """Every inclusion and range proof of trees of up to 20 leaves."""
    for size in range(1, 21):
        leaves = [b"leaf %d" % number for number in range(size)]
        root = node_hash(leaves)
        for index in range(size):
            assert disclosure.audit_root(index, leaves[index], size, audit_path(index, leaves)) == root
            for end in range(index + 1, size + 1):
                assert verify.range_root(index, leaves[index:end], size, range_proof(index, end, leaves)) == root


def main():
    proofs()
    faults, count = 0, 0
    with tempfile.TemporaryDirectory() as where:
        key, public = seal.make_key(os.path.join(where, "k.key.pem"))
        signer = verify.PublicKey(open(public).read()).keyid
        names = [b"a-x", b"a.c", b"a/b", b"a/c/d", b"a0", b"b", b"dir/one", b"dir/two", b"caf\xe9", b"x-y", b"x.z"]
        entries = {name: ("100644", name + b"\n") for name in names}
        leaves, paths = seal.manifest_text(entries).split(b"\n")[1:-1], sorted(entries)
        signed = seal.envelope(seal.compact(seal.statement_for(entries, [signer])), [(key, public)])

        def run(name, value, good, *more):
            nonlocal faults, count
            place = os.path.join(where, "disclosure")
            with open(place, "wb") as file:
                file.write(value if isinstance(value, bytes) else seal.compact(value) + b"\n")
            result = subprocess.run([sys.executable, os.path.join(HERE, "disclosure.py"), place, "--trust", public, *more],
                                    capture_output=True, text=True)
            count += 1
            if (result.returncode == 0) != good or result.returncode not in (0, 1):
                faults += 1
                print(f"FAIL {name}: exit {result.returncode} {result.stdout}{result.stderr}")

        def with_items(*items, form="open", envelopes=(signed,)):
            return {"format": "vitrine-disclosure/v1", "form": form, "envelopes": list(envelopes), "items": list(items)}

        def file_item(path):
            index = paths.index(path)
            return {"kind": "file", "path": verify.escape(path), "entry": leaves[index].decode(), "index": index,
                    "proof": text(audit_path(index, leaves))}
        for path in paths:
            run(f"file {path}", with_items(file_item(path)), True)
        for path in (b"a", b"a/c", b"dir"):
            run(f"directory {path}", with_items(range_item("directory", path, leaves, paths)), True)
        for path in (b"nothing", b"a/b/c", b"A", b"zzz", b"di", b"dir-x", b"x"):
            run(f"absent {path}", with_items(absent_item(path, leaves, paths)), True)
        run("absent, but a directory", with_items(absent_item(b"a", leaves, paths)), False)
        run("absent, but a file", with_items(absent_item(b"b", leaves, paths)), False)
        item = absent_item(b"x", leaves, paths)
        run("absent, without the second gap", with_items({name: item[name] for name in item if name != "beneath"}), False)
        run("absent, with a second gap that is not needed",
            with_items(absent_item(b"zzz", leaves, paths) | {"beneath": gap(len(leaves), leaves)}), False)
        run("absent, with the first gap as the second", with_items(item | {"beneath": {
            name: item[name] for name in ("start", "previous", "next", "proof")}}), False)
        hole = {"kind": "absent", "path": "a", "start": 0, "previous": None, "next": leaves[0].decode(),
                "proof": text(range_proof(0, 1, leaves))}
        run("absent, with neighbours that hide a/b", with_items(hole), False)
        for name, change in {
                "other entry": lambda item: item.update(entry=item["entry"].replace(" b", " c")),
                "other path": lambda item: item.update(path="c"), "other index": lambda item: item.update(index=0),
                "short proof": lambda item: item["proof"].pop(), "long proof": lambda item: item["proof"].append(item["proof"][0]),
                "short hash": lambda item: item["proof"].__setitem__(0, "AAAA"), "unknown field": lambda item: item.update(x=1),
                "unknown kind": lambda item: item.update(kind="x"), "negative index": lambda item: item.update(index=-1)}.items():
            item = copy.deepcopy(file_item(b"b"))
            change(item)
            run("file, " + name, with_items(item), False)
        for name, change in {
                "first withheld": lambda item: item["entries"].pop(0), "last withheld": lambda item: item["entries"].pop(),
                "no previous": lambda item: item.update(previous=None), "no next": lambda item: item.update(next=None),
                "other start": lambda item: item.update(start=0), "swapped": lambda item: item["entries"].reverse(),
                "other directory": lambda item: item.update(path="dir")}.items():
            item = range_item("directory", b"a", leaves, paths)
            change(item)
            run("directory, " + name, with_items(item), False)
        run("no items", with_items(), False)
        run("no envelopes", with_items(file_item(b"b"), envelopes=()), False)
        run("form not that of the statement", with_items(file_item(b"b"), form="blinded"), False)
        content = os.path.join(where, "content")
        for body, good in ((b"b\n", True), (b"c\n", False)):
            with open(content, "wb") as file:
                file.write(body)
            run(f"content {body}", with_items(file_item(b"b")), good, "--content", f"b={content}")
        with open(content, "wb") as file:
            file.write(b"b\n")
        os.chmod(content, 0o755)
        run("content that may be run", with_items(file_item(b"b")), False, "--content", f"b={content}")
        os.chmod(content, 0o644)
        os.symlink("content", content + "-link")
        run("content behind a link", with_items(file_item(b"b")), False, "--content", f"b={content}-link")
        run("content that is not disclosed", with_items(file_item(b"b")), False, "--content", f"a0={content}")
        blinded(run, with_items, entries, key, public, signer)
    print(f"{count - faults} passed, {faults} failed")
    return 1 if faults else 0


def blinded(run, with_items, entries, key, public, signer):
    salts = {path: hashlib.sha256(b"salt" + path).digest() for path in entries}
    lines = dict(zip(sorted(entries), seal.manifest_text(entries).split(b"\n")[1:-1]))
    commitment = {path: b"blinded " + hmac.new(salts[path], lines[path], "sha256").hexdigest().encode() for path in entries}
    leaves = sorted(commitment.values())
    value = seal.statement_for(entries, [signer])
    value["predicate"] = {name: value["predicate"][name] for name in verify.COMMON} | {
        "form": "blinded", "treeRoot": node_hash(leaves).hex(), "gaps": 0, "detailsCommitment": "0" * 64}
    signed = seal.envelope(seal.compact(value), [(key, public)])
    index = leaves.index(commitment[b"b"])
    item = {"kind": "opened-leaf", "path": "b", "entry": lines[b"b"].decode(), "salt": salts[b"b"].hex(), "index": index,
            "proof": text(audit_path(index, leaves))}
    run("opened leaf", with_items(item, form="blinded", envelopes=[signed]), True)
    run("opened leaf, other salt", with_items(item | {"salt": "0" * 64}, form="blinded", envelopes=[signed]), False)
    run("opened leaf, other entry", with_items(item | {"entry": lines[b"a0"].decode()}, form="blinded", envelopes=[signed]), False)
    run("opened leaf in the open form", with_items(item, envelopes=[signed]), False)


if __name__ == "__main__":
    sys.exit(main())
