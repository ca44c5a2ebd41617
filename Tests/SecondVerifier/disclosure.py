#!/usr/bin/env python3
"""The second verifier for disclosures: what `vitrine verify-disclosure` judges, written again from docs/formats/disclosure.md.

  disclosure.py FILE --trust PUB.pem ... [--threshold K] [--content PATH=LOCALFILE ...] [--json]

Exit status: 0 passed, 1 failed, 2 could not look. Each disclosed entry is shown to be in the tree whose root is signed;
a directory is shown whole; an absent path is shown to have no entry, and none beneath it.
"""
import hmac
import os
import stat
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import verify
from verify import HEX64, demand, shape, sha256, strict_base64, strict_json, tree_path

FILE_CEILING = 256 << 20
HASH = lambda value, what: demand(len(strict_base64(value, what)) == 32, f"{what}: not a hash")
LINE = "[!-~]+( [!-~]+){3}"
OPTIONAL_LINE = lambda value, what: value is None or shape(value, LINE, what)
SHAPES = {
    "file": {"path": tree_path, "entry": LINE, "index": int, "proof": [HASH]},
    "opened-leaf": {"path": tree_path, "entry": LINE, "salt": HEX64, "index": int, "proof": [HASH]},
    "directory": {"path": tree_path, "start": int, "previous": OPTIONAL_LINE, "entries": [LINE], "next": OPTIONAL_LINE,
                  "proof": [HASH]},
}
GAP = {"start": int, "previous": OPTIONAL_LINE, "next": OPTIONAL_LINE, "proof": [HASH]}
SHAPES["absent"] = {"path": tree_path, **GAP, "beneath?": GAP}


def audit_root(index, leaf, size, path):
    """The root that an RFC 6962 audit path gives, whose hashes go from the leaf's sibling to the root's child."""
    demand(0 <= index < size and (size > 1) == bool(path), "the proof is of the wrong length")
    if size == 1:
        return sha256(b"\x00" + leaf)
    half = 1 << ((size - 1).bit_length() - 1)
    if index < half:
        return verify.node(audit_root(index, leaf, half, path[:-1]), path[-1])
    return verify.node(path[-1], audit_root(index - half, leaf, size - half, path[:-1]))


def judge_item(item, number, form, size, root):
    """The entries that one item proves: [(path, (mode, size, sha256))]."""
    what = f"items[{number}]"
    kind = item.get("kind") if isinstance(item, dict) else None
    demand(isinstance(kind, str) and kind in SHAPES, f"{what}: of no known kind")
    shape(item, SHAPES[kind] | {"kind": kind}, what)
    path = tree_path(item["path"])
    demand((kind == "opened-leaf") == (form == "blinded"), f"{what}: not of the form of the manifest")
    if kind in ("file", "opened-leaf"):
        leaf = item["entry"].encode()
        found = verify.entry(leaf, what)
        demand(found[0] == path, f"{what}: the entry is of another path")
        if kind == "opened-leaf":
            leaf = b"blinded " + hmac.new(bytes.fromhex(item["salt"]), leaf, "sha256").hexdigest().encode()
        proof = [strict_base64(part) for part in item["proof"]]
        demand(audit_root(item["index"], leaf, size, proof) == root, f"{what}: the proof does not lead to the signed root")
        return [found]
    first, last = path + b"/", path + b"0"  # 0 is the byte after /: all beneath the path stands between the two
    if kind == "directory":
        between = run(item, size, root, first, last, what)
        demand(between and all(found[0].startswith(first) for found in between), f"{what}: not what is beneath the directory")
        return between
    demand(not run(item, size, root, path, path + b"\0", what), f"{what}: the path is there")
    following = item["next"] and verify.entry(item["next"].encode(), what)[0]
    needed = following is not None and following < last
    demand(needed == ("beneath" in item), f"{what}.beneath: missing, or more than is needed")
    if needed:
        demand(not run(item["beneath"], size, root, first, last, what), f"{what}: something is beneath the path")
    return []


def run(item, size, root, first, last, what):
    """The entries of a run of leaves, between neighbours that stand before `first` and at `last` or after."""
    lines = [line.encode() for line in [item["previous"], *item.get("entries", []), item["next"]] if line is not None]
    entries = [verify.entry(line, what) for line in lines]
    paths = [found[0] for found in entries]
    demand(all(left < right for left, right in zip(paths, paths[1:])), f"{what}: not in increasing order")
    proof = [strict_base64(part) for part in item["proof"]]
    demand(verify.range_root(item["start"], lines, size, proof) == root, f"{what}: the proof does not lead to the signed root")
    demand(item["start"] == 0 if item["previous"] is None else paths[0] < first, f"{what}: the run begins too late")
    ends = item["start"] + len(lines) == size if item["next"] is None else paths[-1] >= last
    demand(ends, f"{what}: the run ends too early")
    return entries[item["previous"] is not None:len(entries) - (item["next"] is not None)]


def judge(place, options, keys, threshold, report):
    demand(not options["--source"], "a disclosure is judged without --source")
    value = strict_json(verify.read(place, FILE_CEILING), "disclosure")
    whatever = lambda *_: None
    shape(value, {"format": "vitrine-disclosure/v1", "form": "open|blinded", "envelopes": [whatever], "items": [whatever]}, "disclosure")
    demand(len(value["envelopes"]) <= verify.ENVELOPE_CEILING, "disclosure: too many envelopes")
    envelopes = [verify.envelope(item, f"envelopes[{number}]") for number, item in enumerate(value["envelopes"])]
    predicate, _, _ = verify.signed(envelopes, keys, threshold)
    demand(value["form"] == predicate["form"] and value["items"], "disclosure: not of the signed form, or without items")
    proven = {}
    for number, item in enumerate(value["items"]):
        proven.update(judge_item(item, number, predicate["form"], predicate["entries"], bytes.fromhex(predicate["treeRoot"])))
    for word in options["--content"]:
        spelling, _, local = word.partition("=")
        path = tree_path(spelling, "--content")
        demand(path in proven, f"--content: {spelling} is not disclosed")
        try:
            info = os.lstat(local)
        except OSError as error:
            raise verify.CouldNotLook(f"{local}: {error.strerror}") from None
        found = verify.content(os.fsencode(local), info)
        if found != proven[path]:
            report("content-differs", path)
    return predicate


if __name__ == "__main__":
    verify.__doc__ = __doc__
    sys.exit(verify.main(sys.argv[1:], judge))
