"""Small repositories that ask for much work, and honest ones beside them that must be read."""
import hashlib
import os
import zlib
from packs import Pack, copy, delta, size_header, store
from repositories import DONE, HARMLESS, REFUSED, Repository, commit_body, object_id, seal, tree_body, work_tree
import verify

KIND = "cost"


def make(cases):
    deltas(cases)
    whole(cases)
    trees(cases)
    wide(cases)
    modules(cases)
    indexes(cases)


class Prefixed:
    """Contents that share a long start: ids, digests and zlib streams without hashing the start again."""

    def __init__(self, start, end_count):
        self.start, self.size = start, len(start) + end_count
        self.id = hashlib.sha1(b"blob %d\0" % self.size + start)
        self.digest = hashlib.sha256(start)
        self.stream = zlib.compressobj(1)
        self.head = self.stream.compress(start)

    def of(self, end):
        """(object id, SHA-256) of the content with this end."""
        oid, digest = self.id.copy(), self.digest.copy()
        oid.update(end), digest.update(end)
        return oid.hexdigest(), digest.hexdigest()

    def compressed(self, end):
        stream = self.stream.copy()
        return self.head + stream.compress(end) + stream.flush()


def lines_root(lines):
    """The root of manifest lines whose paths need no escapes."""
    leaves = sorted(lines, key=lambda line: line.split(b" ", 3)[3])
    return verify.range_root(0, leaves, len(leaves), []).hex()


def finish(cases, name, expect, why, pack, entries, roots):
    """A repository whose HEAD is one directory of these (name, id) files."""
    repository = cases.repository(KIND, name, expect, why, roots=roots)
    tree = pack.object(b"tree", tree_body([(b"100644", name, oid) for name, oid in entries]))[0]
    commit = pack.object(b"commit", commit_body(tree))[0]
    data = pack.bytes()
    store(repository, commit, data, pack.index(data))


def deltas(cases):
    """Each file is a delta of one large base: it costs the base and itself."""
    for name, size, count, expect in (("200 deltas of a base of 1 MiB", 1 << 20, 200, DONE),
                                      ("10 deltas of a base of 60 MB", 60_000_000, 10, DONE),
                                      ("2,000 deltas of a base of 60 MB", 60_000_000, 2000, REFUSED)):
        base, pack = Prefixed(bytes(size), 8), Pack()
        start = base.stream.copy()
        plain = base.head + start.flush()
        offset = len(pack.data)
        oid = object_id(b"blob", base.start)
        pack.raw(oid, size_header(3, size) + plain)
        files, lines = [], []
        for index in range(count):
            end = b"%08d" % index
            oid, digest = base.of(end)
            parts = [copy(at, min(0xFFFFFF, size - at)) for at in range(0, size, 0xFFFFFF)]
            pack.ofs(oid, offset, delta(size, size + 8, *parts, b"\x08" + end))
            files.append((end, oid))
            lines.append(b"100644 %d %s %s" % (size + 8, digest.encode(), end))
        finish(cases, name, expect, "a small pack of deltas of a large base", pack, files, [lines_root(lines)])


    base, pack = bytes(15_000_000), Pack()
    _, offset = pack.object(b"blob", base)
    _, place = pack.ofs(object_id(b"blob", base + b"x"), offset, delta(len(base), len(base) + 1, copy(0, len(base)), b"\x01x"))
    ids = ["%040x" % index for index in range(2000)]
    pack.entries += [(oid, place, 0) for oid in ids]
    finish(cases, "2,000 ids for one delta of 15 MB", REFUSED, "an index that names one place again and again", pack,
           [(oid.encode(), oid) for oid in ids], [])


def whole(cases):
    """Files of zeros, each whole in its entry: a thousandth of their size."""
    for name, count, expect in (("20 files of 30 MB of zeros", 20, DONE), ("100 files of 30 MB of zeros", 100, REFUSED)):
        zeros, pack, files, lines = Prefixed(bytes(30_000_000), 8), Pack(), [], []
        for index in range(count):
            end = b"%08d" % index
            oid, digest = zeros.of(end)
            pack.raw(oid, size_header(3, zeros.size) + zeros.compressed(end))
            files.append((end, oid))
            lines.append(b"100644 %d %s %s" % (zeros.size, digest.encode(), end))
        finish(cases, name, expect, "a small pack of zeros", pack, files, [lines_root(lines)])


def trees(cases):
    """Directories, each a delta of one base of 60 MB of which it takes nothing."""
    base, pack, entries = bytes(60_000_000), Pack(), []
    blob = pack.object(b"blob", b"good\n")[0]
    offset = len(pack.data)
    pack.raw(object_id(b"tree", base), size_header(2, len(base)) + zlib.compress(base, 1))
    lines, digest = [], hashlib.sha256(b"good\n").hexdigest().encode()
    for index in range(500):
        body = tree_body([(b"100644", b"%03d" % index, blob)])
        this = delta(len(base), len(body), bytes([len(body)]) + body)
        entries.append((b"40000", b"d%03d" % index, pack.ofs(object_id(b"tree", body), offset, this)[0]))
        lines.append(b"100644 5 %s d%03d/%03d" % (digest, index, index))
    repository = cases.repository(KIND, "500 directories that are deltas of 60 MB", HARMLESS,
                                  "libgit2 inflates the base for each", roots=[lines_root(lines)])
    commit = pack.object(b"commit", commit_body(pack.object(b"tree", tree_body(entries))[0]))[0]
    data = pack.bytes()
    store(repository, commit, data, pack.index(data))


def wide(cases):
    """One file at very many paths: read once, and not to be looked into again for each path."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 3\n"
    for name, leaf, content, width in (("LFS pointer at 250,000 paths", b"big.bin", pointer, 500),
                                       ("attributes of 1 MiB at 40,000 paths", b".gitattributes", b"a text\n" * 149_796, 200)):
        digest = hashlib.sha256(content).hexdigest().encode()
        lines = [b"100644 %d %s %03d/%03d/%s" % (len(content), digest, one, two, leaf)
                 for one in range(width) for two in range(width)]
        repository = cases.repository(KIND, name, DONE, "one file at very many paths", roots=[lines_root(lines)])
        tree = repository.tree([(b"100644", leaf, repository.blob(content))])
        for _ in range(2):
            tree = repository.tree([(b"40000", b"%03d" % index, tree) for index in range(width)])
        repository.head(repository.commit(tree))


def modules(cases):
    """Very many submodules that are all at hand: each costs a process."""
    place = cases.add(KIND, "5,000 submodules", HARMLESS, "each repository costs a process")
    os.makedirs(place)
    inner = {b"lib.c": ("100644", b"int lib;\n")}
    repository = Repository(os.path.join(place, ".git"))
    repository.put("config", b"[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
    module = Repository(os.path.join(repository.path, "modules", "m"))
    commit = module.honest(inner)
    names = [b"s%04d" % index for index in range(5000)]
    text = b"".join(b"[submodule \"%s\"]\n\tpath = %s\n" % (name, name) for name in names)
    entries = {name: ("160000", commit.encode()) for name in names} | {b".gitmodules": ("100644", text)}
    repository.honest(entries)
    for name in names:
        os.symlink("m", os.fsencode(os.path.join(repository.path, "modules")) + b"/" + name)
    # The first 200 are read, the others stay gaps.
    made = {b".gitmodules": entries[b".gitmodules"]}
    made |= {name + b"/lib.c": inner[b"lib.c"] for name in names[:200]} | {name: entries[name] for name in names[200:]}
    cases.list[-1]["roots"] = [seal.root_of(made)]


def indexes(cases):
    """The index of a work tree: it can hide altered files, and can itself be endless."""
    def index(entries, version, extensions=b""):
        body = b"DIRC" + version.to_bytes(4, "big") + len(entries).to_bytes(4, "big") + b"".join(entries) + extensions
        return body + hashlib.sha1(body).digest()
    flags = bytes(60) + (0x8000).to_bytes(2, "big")
    deep = [flags + b"\0" + b"d/" * 2000 + b"a\0"] + [flags + b"\x01" + b"b\0"] * 900_000
    long = [flags + b"\0" + b"p" * 5000 + b"\0"]
    for name, content in (("900,000 long paths", index(deep, 4)), ("a path of 5,000 bytes", index(long, 4)),
                          ("more entries than bytes", b"DIRC" + b"\0\0\0\2" + b"\xff" * 4 + bytes(20)),
                          ("split", index([], 2, b"link" + (20).to_bytes(4, "big") + bytes(20))),
                          ("an extension without end", index([], 2, b"TREE\xff\xff\xff\xff")),
                          ("100 MB", index([], 2, bytes(100 << 20)))):
        place = work_tree(cases.add(KIND, f"index of {name}", DONE, "listed; the root is that of HEAD"))
        with open(os.path.join(place, ".git", "index"), "wb") as file:
            file.write(content)
