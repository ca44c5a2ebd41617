"""Git repositories written byte by byte, so that they can be wrong in exactly one way."""
import hashlib
import os
import subprocess
import sys
import zlib
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "SecondVerifier"))
import seal

DONE = [0]
GAP = [0, 3]
"""An unresolved submodule: the root has a 160000 line; a gap is declared."""
REFUSED = [1, 2, 3]
MISSING = [2, 3]
HARMLESS = [0, 1, 2, 3]
"""Odd, but no byte of the source depends on it: refuse it or give the one right root."""

PERSON = b"A U Thor <author@example.com> 1700000000 +0000"
HONEST = {
    b"README.md": ("100644", b"Lantern\n" * 40), b"run.sh": ("100755", b"#!/bin/sh\nexit 0\n"),
    b"latest": ("120000", b"src/a.c"), b"src/a.c": ("100644", b"int a;\n"), b"src/b.c": ("100644", b"int b;\n" * 300),
    b"src-x": ("100644", b"sorts before src/ as a path and after src as a tree entry\n"),
}


def object_id(kind, body):
    return hashlib.sha1(b"%s %d\0" % (kind, len(body)) + body).hexdigest()


def tree_body(entries):
    """The bytes of a tree object, entries as given: (mode, name, id as hex or raw bytes)."""
    return b"".join(mode + b" " + name + b"\0" + (bytes.fromhex(target) if isinstance(target, str) else target)
                    for mode, name, target in entries)


def commit_body(tree, parents=(), extra=b"", message=b"A commit\n"):
    lines = [b"tree " + tree.encode()] + [b"parent " + parent.encode() for parent in parents]
    return b"\n".join(lines + [b"author " + PERSON, b"committer " + PERSON]) + b"\n" + extra + b"\n" + message


class Repository:
    """A bare repository at `path`; every file in it is written here."""

    def __init__(self, path):
        self.path = path
        for folder in ("objects/pack", "objects/info", "refs/heads", "refs/tags", "info"):
            os.makedirs(os.path.join(path, folder))
        self.put("HEAD", b"ref: refs/heads/main\n")
        self.put("config", b"[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n")

    def put(self, name, data):
        target = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.lexists(target):
            os.remove(target)
        with open(target, "wb") as file:
            file.write(data)

    def loose(self, oid):
        return os.path.join("objects", oid[:2], oid[2:])

    def raw(self, oid, framed, compressed=None):
        """Stores a framed object under any name, right or wrong."""
        self.put(self.loose(oid), zlib.compress(framed, 1) if compressed is None else compressed)
        return oid

    def object(self, kind, body):
        return self.raw(object_id(kind, body), b"%s %d\0" % (kind, len(body)) + body)

    def blob(self, body):
        return self.object(b"blob", body)

    def tree(self, entries):
        return self.object(b"tree", tree_body(entries))

    def commit(self, tree, **changes):
        return self.object(b"commit", commit_body(tree, **changes))

    def head(self, commit):
        self.put("refs/heads/main", commit.encode() + b"\n")
        return commit

    def files(self, entries):
        """Stores {path: (mode, content)} as blobs and canonical trees; returns the root tree's id."""
        folders, here = {}, []
        for path, (mode, content) in entries.items():
            first, slash, rest = path.partition(b"/")
            if slash:
                folders.setdefault(first, {})[rest] = (mode, content)
            elif mode == "160000":
                here.append((b"160000", first, content.decode()))
            else:
                here.append((mode.encode(), first, self.blob(content)))
        here += [(b"40000", name, self.files(inner)) for name, inner in folders.items()]
        return self.tree(sorted(here, key=lambda entry: entry[1] + (b"/" if entry[0] == b"40000" else b"")))

    def honest(self, entries=None):
        """Stores the honest files as HEAD; returns the commit's id."""
        return self.head(self.commit(self.files(HONEST if entries is None else entries)))


class Cases:
    """The list of cases, one directory each, as it is written to index.json."""

    def __init__(self, out):
        self.out, self.list = out, []

    def add(self, kind, name, expect, why, roots=(), rev=None, marker=None, path=None):
        """Registers a case and returns its path; `roots`: the entries that exit status 0 must be about."""
        name = f"{kind}-{name}".replace(" ", "-").replace("/", "-")
        assert name not in [case["name"] for case in self.list], name
        where = os.path.join(self.out, name)
        case = {"name": name, "kind": kind, "path": path or where, "expect": expect, "why": why}
        if expect != REFUSED and expect != MISSING:
            case["roots"] = [root if isinstance(root, str) else seal.root_of(root) for root in roots or [HONEST]]
        case |= {key: value for key, value in (("rev", rev), ("marker", marker)) if value}
        self.list.append(case)
        return where

    def repository(self, kind, name, expect, why, **more):
        return Repository(self.add(kind, name, expect, why, **more))


def git(place, *arguments, data=None):
    """Runs git with nothing of this machine's settings; for honest base repositories only."""
    environment = {
        "PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_AUTHOR_NAME": "A U Thor", "GIT_AUTHOR_EMAIL": "author@example.com", "GIT_COMMITTER_NAME": "A U Thor",
        "GIT_COMMITTER_EMAIL": "author@example.com", "GIT_AUTHOR_DATE": "1700000000 +0000",
        "GIT_COMMITTER_DATE": "1700000000 +0000", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    settings = ["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", "-c", "core.autocrlf=false",
                "-c", "uploadpack.allowFilter=true", "-c", "gc.auto=0", "-c", "core.hooksPath=/dev/null"]
    result = subprocess.run(["git", *settings, "-C", place, *arguments], env=environment, input=data, capture_output=True)
    if result.returncode:
        raise SystemExit(f"git {arguments} in {place}: {result.stderr.decode(errors='replace')}")
    return result.stdout.decode().strip()


def write_files(place, entries):
    for path, (mode, content) in entries.items():
        target = os.path.join(os.fsencode(place), path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if mode == "120000":
            os.symlink(content, target)
        else:
            with open(target, "wb") as file:
                file.write(content)
            os.chmod(target, 0o755 if mode == "100755" else 0o644)


def work_tree(place, entries=None):
    """An honest repository with a work tree, made by git."""
    os.makedirs(place)
    write_files(place, HONEST if entries is None else entries)
    git(place, "init", "-q", "--template=")
    git(place, "add", "-A")
    git(place, "commit", "-q", "-m", "A commit")
    return place
