"""Loose objects that are truncated, over-declared, not what their name says, or bombs."""
import os
import zlib
from repositories import HARMLESS, HONEST, MISSING, REFUSED, Repository, commit_body, object_id, tree_body

KIND = "loose"
SIZE = 1 << 30


def body_of(index, length):
    """Bytes that do not compress well, always the same."""
    import hashlib
    return b"".join(hashlib.sha256(b"%d %d" % (index, block)).digest() for block in range(length // 32 + 1))[:length]


def zeros(framed_header, size):
    """A zlib stream of a header and `size` zero bytes, made of equal fully flushed blocks."""
    block = 1 << 20
    stream = zlib.compressobj(9)
    head = stream.compress(framed_header) + stream.flush(zlib.Z_FULL_FLUSH)
    once = stream.compress(bytes(block)) + stream.flush(zlib.Z_FULL_FLUSH)
    tail = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    checksum = zlib.adler32(framed_header)
    for _ in range(size // block):
        checksum = zlib.adler32(bytes(block), checksum)
    return head + once * (size // block) + tail + checksum.to_bytes(4, "big")


def make(cases):
    truncations(cases)
    headers(cases)
    streams(cases)
    bombs(cases)
    swaps(cases)
    missing(cases)
    files(cases)


def victim(cases, name, why, expect=REFUSED):
    """An honest repository and one blob of it to be replaced."""
    repository = cases.repository(KIND, name, expect, why)
    entries = HONEST | {b"victim": ("100644", body_of(1, 3000))}
    if expect == HARMLESS:
        import seal
        cases.list[-1]["roots"] = [seal.root_of(entries)]
    repository.honest(entries)
    return repository, object_id(b"blob", body_of(1, 3000)), b"blob 3000\0" + body_of(1, 3000)


def truncations(cases):
    for tenth in range(1, 10):
        repository, oid, framed = victim(cases, f"truncated at {tenth} of 10", "a truncated loose object hangs libgit2")
        data = zlib.compress(framed, 1)
        repository.raw(oid, b"", data[:len(data) * tenth // 10])
    for lost in (1, 2, 3, 4, 5):
        repository, oid, framed = victim(cases, f"truncated by {lost}", "the end of the stream or its checksum is gone")
        repository.raw(oid, b"", zlib.compress(framed, 1)[:-lost])
    for kind in (b"tree", b"commit"):
        repository = cases.repository(KIND, f"truncated {kind.decode()}", REFUSED, "a truncated object")
        commit = repository.honest()
        tree = repository.files(HONEST)
        oid = tree if kind == b"tree" else commit
        with open(os.path.join(repository.path, repository.loose(oid)), "rb") as file:
            data = file.read()
        repository.raw(oid, b"", data[:len(data) // 2])
    repository, oid, _ = victim(cases, "empty file", "an empty loose object")
    repository.raw(oid, b"", b"")
    repository, oid, _ = victim(cases, "two bytes", "only the zlib header")
    repository.raw(oid, b"", b"\x78\x01")


def headers(cases):
    for length in (64, 4096, 70_000):
        framed = b"blob 5\0" + b"A" * length
        repository, oid, _ = victim(cases, f"blob 5 inflating to {length}", "header smaller than the data: heap overflow")
        repository.raw(oid, framed)
        repository = cases.repository(KIND, f"blob 5 inflating to {length} under its own id", REFUSED,
                                      "the same under the SHA-1 of exactly these bytes")
        import hashlib
        own = repository.raw(hashlib.sha1(framed).hexdigest(), framed)
        repository.head(repository.commit(repository.tree([(b"100644", b"a", own)])))
    sound = body_of(1, 3000)
    for header in (b"blob 3001", b"blob 2999", b"blob 0", b"blob 4294970296", b"blob 9223372036854775807",
                   b"blob 18446744073709551615", b"blob 18446744073709554616", b"blob -1", b"blob +3000", b"blob 03000",
                   b"blob  3000", b"blob 3000 ", b"blob 0x0bb8", b"blob", b"blob ", b"3000", b"", b"blub 3000",
                   b"BLOB 3000", b"blob\t3000", b"tree 3000", b"commit 3000", b"tag 3000", b"ofs-delta 3000",
                   b"blob " + b"3" * 100, b"b" * 5000):
        repository, oid, _ = victim(cases, f"header {header[:30].decode().strip()!r} {len(header)}", "a malformed header")
        repository.raw(oid, header + b"\0" + sound)
    repository, oid, _ = victim(cases, "no NUL", "a header without an end")
    repository.raw(oid, b"blob 3000" + b"x" * 100)
    for kind, body in ((b"tree", b"x" * 4096), (b"commit", b"x" * 4096)):
        repository = cases.repository(KIND, f"{kind.decode()} 5 inflating to 4096", REFUSED, "heap overflow in another kind")
        framed = kind + b" 5\0" + body
        if kind == b"tree":
            repository.head(repository.commit(repository.raw(object_id(kind, b"xxxxx"), framed)))
        else:
            repository.head(repository.raw(object_id(kind, b"xxxxx"), framed))


def streams(cases):
    sound = b"blob 3000\0" + body_of(1, 3000)
    good = zlib.compress(sound, 1)
    wrong = [("trailing byte", good + b"x"), ("trailing stream", good + good), ("not zlib", body_of(2, 500)),
             ("raw deflate", good[2:-4]), ("wrong checksum", good[:-1] + bytes([good[-1] ^ 1])),
             ("preset dictionary", b"\x78\xbb\0\0\0\0" + good[2:]), ("reserved block type", good[:2] + b"\x07" + good[3:]),
             ("window too large", b"\x88\x1c" + good[2:]), ("all zero", bytes(200)), ("text", b"this is not an object\n"),
             ("a pack", b"PACK\0\0\0\2\0\0\0\0")]
    for name, data in wrong:
        repository, oid, _ = victim(cases, name, "the stream is not exactly one zlib stream")
        repository.raw(oid, b"", data)
    for position in range(3, len(good), len(good) // 12):
        repository, oid, _ = victim(cases, f"bit flip at {position}", "a flipped bit in the deflate data")
        repository.raw(oid, b"", good[:position] + bytes([good[position] ^ 4]) + good[position + 1:])


def bombs(cases):
    for name, header in (("1 GiB zlib bomb", b"blob 1073741824\0"), ("1 GiB under a small header", b"blob 10\0"),
                         ("1 GiB tree", b"tree 1073741824\0"), ("1 GiB commit", b"commit 1073741824\0")):
        repository = cases.repository(KIND, name, REFUSED, "one megabyte that inflates to 1 GiB")
        oid = "b0" + "5" * 38
        repository.put(repository.loose(oid), zeros(header, SIZE))
        if b"commit" in header:
            repository.head(oid)
        elif b"tree" in header:
            repository.head(repository.commit(oid))
        else:
            repository.head(repository.commit(repository.tree([(b"100644", b"a", oid)])))


def swaps(cases):
    first, second = HONEST[b"src/a.c"][1], b"int evil;\n"
    repository = cases.repository(KIND, "swapped blobs", REFUSED, "git shows the wrong bytes under the right id")
    repository.honest()
    one, two = repository.blob(first), repository.blob(second)
    repository.raw(one, b"blob %d\0" % len(second) + second)
    repository.raw(two, b"blob %d\0" % len(first) + first)
    repository = cases.repository(KIND, "swapped tree", REFUSED, "another tree under the right id")
    repository.honest()
    other = tree_body([(b"100644", b"a.c", repository.blob(second))])
    folder = {name[4:]: value for name, value in HONEST.items() if name.startswith(b"src/")}
    repository.raw(repository.files(folder), b"tree %d\0" % len(other) + other)
    repository = cases.repository(KIND, "swapped commit", REFUSED, "another commit under the right id")
    commit = repository.honest()
    other = commit_body(repository.tree([(b"100644", b"a.c", repository.blob(second))]))
    repository.raw(commit, b"commit %d\0" % len(other) + other)
    for placed, kind in ((b"tree", b"blob"), (b"blob", b"tree"), (b"commit", b"blob"), (b"commit", b"tree")):
        repository = cases.repository(KIND, f"a {placed.decode()} where a {kind.decode()} belongs", REFUSED,
                                      "an object of another kind, under its own true id")
        blob = repository.blob(b"x")
        tree = repository.tree([(b"100644", b"x", blob)])
        target = {b"tree": tree, b"blob": blob, b"commit": repository.commit(tree)}[placed]
        repository.head(repository.commit(repository.tree([(b"40000" if kind == b"tree" else b"100644", b"a", target)])))
    cycle = "c1" + "c" * 38
    repository = cases.repository(KIND, "tree that holds itself", REFUSED, "a cycle, possible only under a wrong id")
    body = tree_body([(b"40000", b"a", cycle), (b"40000", b"b", cycle)])
    repository.head(repository.commit(repository.raw(cycle, b"tree %d\0" % len(body) + body)))
    repository = cases.repository(KIND, "two trees that hold each other", REFUSED, "a cycle of two, under wrong ids")
    ring = ["d1" + "d" * 38, "d2" + "d" * 38]
    for here, there in (ring, ring[::-1]):
        body = tree_body([(b"40000", b"a", there)])
        repository.raw(here, b"tree %d\0" % len(body) + body)
    repository.head(repository.commit(ring[0]))


def missing(cases):
    for name in ("blob", "tree", "root tree", "commit"):
        repository = cases.repository(KIND, f"missing {name}", MISSING, "an object is not there")
        commit = repository.honest()
        folder = {path[4:]: value for path, value in HONEST.items() if path.startswith(b"src/")}
        oid = {"blob": object_id(b"blob", HONEST[b"src/a.c"][1]), "tree": repository.files(folder),
               "root tree": repository.files(HONEST), "commit": commit}[name]
        os.remove(os.path.join(repository.path, repository.loose(oid)))


def files(cases):
    """Loose objects that are no plain files."""
    repository, oid, _ = victim(cases, "a FIFO", "opening it would wait for ever")
    place = os.path.join(repository.path, repository.loose(oid))
    os.remove(place), os.mkfifo(place)
    repository, oid, _ = victim(cases, "a link to an endless file", "reading it would never end")
    place = os.path.join(repository.path, repository.loose(oid))
    os.remove(place), os.symlink("/dev/zero", place)
    repository, oid, _ = victim(cases, "a directory", "an object that is a directory")
    place = os.path.join(repository.path, repository.loose(oid))
    os.remove(place), os.mkdir(place)
    repository, oid, _ = victim(cases, "a link to the same bytes", "a symbolic link to a sound object", HARMLESS)
    place = os.path.join(repository.path, repository.loose(oid))
    os.rename(place, place + ".elsewhere"), os.symlink(os.path.basename(place) + ".elsewhere", place)
