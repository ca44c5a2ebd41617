#!/usr/bin/env python3
"""Checks the second verifier on evidence it makes itself, and, given the built binaries, that Vitrine agrees.

  check.py [VITRINE-VERIFY]     one line per disagreement, then `N passed, N failed`; exit status 1 when any failed

Every acceptance has its refusals: each case is one change to honest evidence and the verdicts allowed after it.
"""
import base64
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import seal

PASSED, FAILED, NO_LOOK, INCONCLUSIVE = 0, 1, 2, 3
MANIFEST, ENVELOPES = "source.manifest", "attestations.intoto.jsonl"


class Check:
    def __init__(self, place, peer):
        self.place, self.peer, self.passed, self.failed = place, peer, 0, 0
        self.tree = os.path.join(place, "tree")
        self.keys = {kind: seal.make_key(os.path.join(place, kind + ".key.pem"), kind)
                     for kind in ("rsa2048", "rsa3072", "p256", "ed25519")}
        self.keys["other"] = seal.make_key(os.path.join(place, "other.key.pem"), "rsa2048")
        self.keys["weak"] = seal.make_key(os.path.join(place, "weak.key.pem"), "rsa1024")
        self.make_tree()

    def make_tree(self):
        files = {b"README.md": b"hello\n", b"src/a.c": b"int a;\n", b"src/b.c": b"int b;\n", b"run.sh": b"#!/bin/sh\n",
                 b"caf\xe9 %.txt": b"latin-1\n", "e\u0301".encode(): b"", b"src-x": b"sorts before src/\n"}
        for path, content in files.items():
            target = os.path.join(os.fsencode(self.tree), path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(content)
        os.chmod(os.path.join(self.tree, "run.sh"), 0o755)
        os.symlink("src/a.c", os.path.join(self.tree, "latest"))
        os.makedirs(os.path.join(self.tree, ".git"))
        self.entries = seal.entries_of(self.tree)
        self.text = seal.manifest_text(self.entries)

    def expect(self, name, evidence, allowed, trust=("rsa2048",), threshold=1, tree=None):
        arguments = [evidence, "--source", tree or self.tree]
        for kind in trust:
            arguments += ["--trust", self.keys[kind][1] if kind in self.keys else kind]
        arguments += ["--threshold", str(threshold)] if threshold != 1 else []
        verifiers = [[sys.executable, os.path.join(HERE, "verify.py")]] + ([[self.peer]] if self.peer else [])
        for verifier in verifiers:
            result = subprocess.run(verifier + arguments, capture_output=True, timeout=60)
            if result.returncode in allowed:
                self.passed += 1
            else:
                self.failed += 1
                print(f"FAIL {os.path.basename(verifier[-1])}: {name}: exit {result.returncode}, not {allowed}: "
                      f"{(result.stdout + result.stderr)[-300:]!r}")

    def evidence(self, *envelopes, text=None):
        place = tempfile.mkdtemp(dir=self.place)
        seal.write_evidence(place, self.text if text is None else text, *envelopes)
        return place

    def sealed(self, kinds=("rsa2048",), edit=None, text=None, payload=None, **changes):
        """Evidence with a statement changed by `edit` before it is signed."""
        pairs = [self.keys[kind] for kind in kinds]
        signers = [seal.verify.PublicKey(open(public).read()).keyid for _, public in pairs]
        value = seal.statement_for(self.entries, signers, **changes)
        if text is not None:
            value["subject"][0]["digest"]["sha256"] = seal.hashlib.sha256(text).hexdigest()
        if edit:
            edit(value)
        return self.evidence(seal.envelope(payload or seal.compact(value), pairs), text=text)

    def run(self):
        self.check_keys()
        self.check_envelopes()
        self.check_statements()
        self.check_manifests()
        self.check_trees()
        self.check_builds()
        self.check_bytes()
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0

    def check_keys(self):
        for kind in ("rsa2048", "rsa3072", "p256", "ed25519"):
            place = self.sealed((kind,))
            self.expect(f"{kind} sealed", place, [PASSED], trust=(kind,))
            self.expect(f"{kind} sealed, another key trusted", place, [FAILED], trust=("other",))
        self.expect("weak key", self.sealed(), [FAILED, NO_LOOK], trust=("weak",))
        self.expect("private key as public", self.sealed(), [FAILED, NO_LOOK], trust=(self.keys["rsa2048"][0],))
        two = self.sealed(("rsa2048", "ed25519"))
        self.expect("two of two", two, [PASSED], trust=("rsa2048", "ed25519"), threshold=2)
        self.expect("same key trusted twice", self.sealed(), [FAILED, NO_LOOK], ("rsa2048", "rsa2048"), 2)
        self.expect("one of two keys signed", self.sealed(), [FAILED], trust=("rsa2048", "ed25519"), threshold=2)
        self.expect("nobody trusted", self.sealed(), [NO_LOOK], trust=())
        self.expect("no evidence", self.place + "/nothing", [NO_LOOK, INCONCLUSIVE])
        self.expect("no source", self.sealed(), [NO_LOOK], tree=self.place + "/nothing")

    def check_envelopes(self):
        good = json.loads(open(os.path.join(self.sealed(), ENVELOPES)).read())

        def change(name, edit, allowed=(FAILED,)):
            value = copy.deepcopy(good)
            made = edit(value)
            self.expect("envelope: " + name, self.evidence(value if made is None else made), list(allowed))

        def signature(**fields):
            return lambda value: value["signatures"][0].update(fields)
        sig = base64.b64decode(good["signatures"][0]["sig"])
        line = seal.compact(good)
        change("unchanged", lambda value: None, (PASSED,))
        change("unknown field", lambda value: value.update(extra=1), (PASSED,))
        change("no keyid: a hint only", lambda value: value["signatures"][0].pop("keyid"), (PASSED, FAILED))
        change("no signatures", lambda value: value.update(signatures=[]))
        self.expect("a stranger's line of another payload type", self.evidence(good, good | {"payloadType": "x"}), [PASSED])
        other = seal.envelope(b"{}", [self.keys["rsa2048"]], "text/plain")
        self.expect("signed with another payload type alone", self.evidence(other), [FAILED])
        self.expect("a line of another payload type, signed too", self.evidence(other, good), [PASSED])
        change("wrong payload type", lambda value: value.update(payloadType="application/json"))
        change("trailing byte in the signature", signature(sig=base64.b64encode(sig + b"x").decode()))
        change("short signature", signature(sig=base64.b64encode(sig[:-1]).decode()))
        change("zero signature", signature(sig=base64.b64encode(bytes(256)).decode()))
        change("URL-safe base64", lambda value: value.update(payload=value["payload"].rstrip("=") + "_-=="))
        change("base64 with a line break", signature(sig=good["signatures"][0]["sig"][:64] + "\n" +
                                                     good["signatures"][0]["sig"][64:]))
        tail = good["signatures"][0]["sig"]  # 256 bytes end in one padding group with four spare bits
        change("base64 with spare bits", signature(sig=tail[:-3] + chr(ord(tail[-3]) + 1) + "=="))
        change("33 signatures", lambda value: value.update(signatures=value["signatures"] * 33))
        change("10,000 signatures", lambda value: value.update(signatures=value["signatures"] * 10_000))
        change("same signature twice", lambda value: value.update(signatures=value["signatures"] * 2), (PASSED,))
        change("not JSON", lambda value: b"{\n")
        change("an array", lambda value: b"[]\n")
        change("byte order mark", lambda value: b"\xef\xbb\xbf" + line + b"\n")
        change("no LF at the end", lambda value: line)
        change("trailing bytes", lambda value: line + b" x\n")
        change("an empty line", lambda value: line + b"\n\n")
        change("duplicate name", lambda value: line[:-1] + b',"payload":"%s"}\n' % value["payload"].encode())
        change("a fraction", lambda value: line[:-1] + b',"x":1.0}\n')
        change("deep nesting", lambda value: line[:-1] + b',"x":' + b"[" * 40 + b"]" * 40 + b"}\n")
        change("very deep nesting", lambda value: line[:-1] + b',"x":' + b"[" * 90_000 + b"]" * 90_000 + b"}\n")
        change("a lone surrogate", lambda value: line[:-1] + b',"x":"\\ud800"}\n')
        change("not UTF-8", lambda value: line[:-1] + b',"x":"\xff"}\n')
        stripped = json.loads(open(os.path.join(self.sealed(("rsa2048", "ed25519")), ENVELOPES)).read())
        self.expect("two signers, one trusted", self.evidence(stripped), [PASSED])
        del stripped["signatures"][1]
        self.expect("a required signature stripped", self.evidence(stripped), [FAILED])
        other = json.loads(open(os.path.join(self.sealed(("other",), version="2.0"), ENVELOPES)).read())
        self.expect("another line by a stranger", self.evidence(good, other), [PASSED])
        unrelated = seal.compact({"_type": "https://in-toto.io/Statement/v1", "subject": [], "predicateType": "urn:x",
                                  "predicate": {}})
        skipped = seal.envelope(unrelated, [self.keys["rsa2048"]])
        self.expect("another predicate type", self.evidence(skipped, good), [PASSED])
        self.expect("only another predicate type", self.evidence(skipped), [FAILED, INCONCLUSIVE])
        self.expect("no lines", self.evidence(), [FAILED, INCONCLUSIVE])

    def check_statements(self):
        def change(name, edit, allowed=(FAILED,)):
            self.expect("statement: " + name, self.sealed(edit=edit), list(allowed))

        def predicate(**fields):
            return lambda value: value["predicate"].update(fields)
        git = {"commit": "0" * 40, "tree": "1" * 40, "objectReader": "packs"}
        change("git view", predicate(view="git-commit", git=git, swhid="swh:1:dir:" + "1" * 40), (PASSED,))
        change("git view, other swhid", predicate(view="git-commit", git=git, swhid="swh:1:dir:" + "2" * 40))
        change("git in a directory view", predicate(git=git))
        change("unknown predicate field", predicate(extra=1))
        change("unknown statement field", lambda value: value.update(extra=1))
        change("a field missing", lambda value: value["predicate"].pop("bytes"))
        change("other root", predicate(treeRoot="0" * 64))
        change("other number of entries", predicate(entries=1))
        change("other bytes", predicate(bytes=1))
        change("a negative number", predicate(bytes=-1))
        change("upper-case root", lambda value: value["predicate"].update(treeRoot=value["predicate"]["treeRoot"].upper()))
        change("other form", predicate(form="blinded"))
        change("no such date", predicate(sealedOn="2026-02-30T00:00:00Z"))
        change("a date with an offset", predicate(sealedOn="2026-11-23T22:00:00+00:00"))
        change("no required signers", predicate(requiredSigners=[]))
        change("a product that is a path", predicate(product="../x"))
        change("subject of another version", lambda value: value["subject"][0].update(name="Lantern@9"))
        change("subject of another manifest", lambda value: value["subject"][0]["digest"].update(sha256="0" * 64))
        change("SHA-1 beside SHA-256", lambda value: value["subject"][0]["digest"].update(gitTree="1" * 40))
        change("two subjects", lambda value: value["subject"].append(value["subject"][0]))
        change("other statement type", lambda value: value.update(_type="https://in-toto.io/Statement/v0.1"))
        change("a submodule that is not in the manifest",
               predicate(submodules=[{"path": "sub", "commit": "0" * 40, "resolved": False}]))
        change("LFS object not present", predicate(lfs=[{"path": "README.md", "oid": "0" * 64, "size": 1}]), (PASSED, FAILED))
        change("not the escaped spelling", predicate(emptyDirectories=["a b"]))
        change("an empty directory twice", predicate(emptyDirectories=["a", "a"]))
        change("empty directories out of order", predicate(emptyDirectories=["b", "a"]))
        value = seal.compact(seal.statement_for(self.entries, []))
        self.expect("statement: duplicate name", self.sealed(payload=value[:-1] + b',"_type":"x"}'), [FAILED])
        self.expect("statement: trailing bytes", self.sealed(payload=value + b"x"), [FAILED])

    def check_builds(self):
        """Records of a build that are appended later say nothing of the source and hide nothing of it."""
        good = json.loads(open(os.path.join(self.sealed(), ENVELOPES)).read())
        corpora = os.path.join(HERE, "..", "Corpora")
        names = [os.path.join(corpora, kind, name) for kind in ("rebuild-record", "provenance", "waiver")
                 for name in sorted(os.listdir(os.path.join(corpora, kind)))]
        for signer in ("rsa2048", "other"):
            lines = [seal.envelope(open(name, "rb").read(), [self.keys[signer]]) for name in names]
            self.expect(f"build: records signed with {signer}", self.evidence(good, *lines), [PASSED])
            self.expect(f"build: records signed with {signer} alone", self.evidence(*lines), [FAILED])
            changed = dict(lines[0], payload=lines[1]["payload"])
            self.expect(f"build: an altered record of {signer}", self.evidence(good, changed), [PASSED])

    def check_manifests(self):
        lines = self.text.split(b"\n")[:-1]
        digest, empty = b"2" * 64, b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

        def change(name, made, allowed=(FAILED,)):
            text = b"".join(line + b"\n" for line in made) if isinstance(made, list) else made
            leaves = text.split(b"\n")[1:-1]
            root = seal.verify.range_root(0, leaves, len(leaves), []).hex()
            place = self.sealed(text=text, treeRoot=root, entries=len(leaves), bytes=sum(
                int(leaf.split()[1]) for leaf in leaves if len(leaf.split()) == 4 and leaf.split()[1].isdigit()))
            self.expect("manifest: " + name, place, list(allowed))
        change("unchanged", lines, (PASSED,))
        change("other header", [b"vitrine-manifest/v2"] + lines[1:])
        change("no LF at the end", self.text[:-1])
        change("CR LF", self.text.replace(b"\n", b"\r\n"))
        change("nothing", b"")
        change("unsorted", lines[:1] + lines[1:][::-1])
        change("a line twice", lines[:2] + lines[1:])
        change("an empty line", lines + [b""])
        for mode in (b"100664", b"040000", b"0", b"100600", b"644"):
            change(f"mode {mode.decode()}", lines[:1] + [mode + b" 0 " + empty + b" A"] + lines[1:])
        for path in (b".", b"..", b"a/../b", b"/a", b"a/", b"a//b", b".git", b".GIT/x", b"a/.Git", b"a%00", b"a%2fb",
                     b"%41", b"a%e9", b"a\xe9", b"%", b"%2", b"A" * 4097, b"a b"):
            change(f"path {path[:20]!r}", [lines[0], b"100644 0 " + empty + b" " + path])
        change("a file and a directory", [lines[0]] + [b"100644 0 " + empty + b" " + path for path in (b"a", b"a/b")])
        change("a file and a directory, apart",
               [lines[0]] + [b"100644 0 " + empty + b" " + path for path in (b"a", b"a-b", b"a/b")])
        for line in (b"100644 00 " + empty + b" A", b"100644 +0 " + empty + b" A", b"100644  0 " + empty + b" A",
                     b"100644 99999999999999999999 " + digest + b" A", b"100644 0 " + empty.upper() + b" A",
                     b"100644 0 " + empty[1:] + b" A", b"100644 0 " + empty, b"100644\t0 " + empty + b" A"):
            change(f"line {line[:12]!r}", [lines[0], line])

    def check_trees(self):
        place = self.sealed()

        def change(name, edit, allowed=(FAILED,), evidence=None):
            tree = tempfile.mkdtemp(dir=self.place)
            shutil.rmtree(tree)
            shutil.copytree(self.tree, tree, symlinks=True)
            edit(tree)
            self.expect("tree: " + name, evidence or place, list(allowed), tree=tree)

        def write(path, data):
            def edit(tree):
                os.makedirs(os.path.dirname(os.path.join(tree, path)), exist_ok=True)
                with open(os.path.join(tree, path), "wb") as file:
                    file.write(data)
            return edit
        change("unchanged", lambda tree: None, (PASSED,))
        change("other time", lambda tree: os.utime(os.path.join(tree, "README.md"), (1, 1)), (PASSED,))
        change("top-level .git", write(".git/config", b"x"), (PASSED,))
        change("content", write("README.md", b"hellO\n"))
        change("extra file", write("src/c.c", b""))
        change("file gone", lambda tree: os.remove(os.path.join(tree, "src/a.c")))
        change("executable", lambda tree: os.chmod(os.path.join(tree, "src/a.c"), 0o755))
        change("set-user-id", lambda tree: os.chmod(os.path.join(tree, "run.sh"), 0o4755))
        change("empty directory", lambda tree: os.mkdir(os.path.join(tree, "empty")))
        change("a FIFO", lambda tree: os.mkfifo(os.path.join(tree, "fifo")))
        change(".git turned into a link", lambda tree: (os.rmdir(tree + "/.git"), os.symlink("src", tree + "/.git")))
        for body, allowed in ((b"gitdir: x\n", (PASSED,)), (b"hidden", (FAILED,)), (b"gitdir: x\nmore\n", (FAILED,)), (b"", (FAILED,))):
            change(f"a .git file of {body}", lambda tree: (os.rmdir(tree + "/.git"), write(".git", body)(tree)), allowed)
        change("a nested .git", write("src/.git/config", b"x"))
        change("a nested .git file", write("src/.git", b"gitdir: x\n"))
        change("a .GIT at the top", write(".GIT/config", b"x"))
        change("link turned", lambda tree: (os.remove(tree + "/latest"), os.symlink("src/b.c", tree + "/latest")))
        change("link turned into a copy", lambda tree: (os.remove(tree + "/latest"), write("latest", b"int a;\n")(tree)))
        change("file turned into a link", lambda tree: (os.remove(tree + "/README.md"), os.symlink("x", tree + "/README.md")))
        change("directory turned into a link",
               lambda tree: (os.rename(tree + "/src", tree + "/../elsewhere"), os.symlink("../elsewhere", tree + "/src")))
        recorded = self.sealed(emptyDirectories=["empty"])
        change("recorded empty directory", lambda tree: os.mkdir(tree + "/empty"), (PASSED,), recorded)

    def check_bytes(self):
        """Every flipped byte and every truncation; the list names the bytes that no signature covers."""
        place = self.sealed()
        for name in (MANIFEST, ENVELOPES):
            with open(os.path.join(place, name), "rb") as file:
                data = file.read()
            hint = data.find(b'"keyid":"') if name == ENVELOPES else -1
            step = max(1, len(data) // 40)
            for offset in range(0, len(data), step):
                for changed in (data[:offset], data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1:]):
                    copied = tempfile.mkdtemp(dir=self.place)
                    shutil.copytree(place, copied, dirs_exist_ok=True)
                    with open(os.path.join(copied, name), "wb") as file:
                        file.write(changed)
                    unauthenticated = hint >= 0 and hint <= offset < hint + 60
                    nothing = [INCONCLUSIVE] if name.endswith("jsonl") and not changed else [FAILED]
                    self.expect(f"byte {offset} of {name}", copied, [FAILED, PASSED] if unauthenticated else nothing)
                    shutil.rmtree(copied)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as where:
        sys.exit(Check(where, os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else None).run())
