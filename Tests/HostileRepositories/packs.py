"""Packs and pack indexes, written by hand: bit flips, lies in the index, delta tricks and delta bombs."""
import bisect
import hashlib
import zlib
from repositories import DONE, HARMLESS, HONEST, MISSING, REFUSED, commit_body, object_id, tree_body

KIND = "pack"
TYPES = {b"commit": 1, b"tree": 2, b"blob": 3, b"tag": 4}
OFS, REF = 6, 7


def size_header(kind, size):
    """Type and size of a pack entry: four bits, then seven bits a byte."""
    byte, size = kind << 4 | size & 15, size >> 4
    out = bytearray()
    while size:
        out.append(byte | 0x80)
        byte, size = size & 0x7F, size >> 7
    return bytes(out + bytes([byte]))


def number(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def back(distance):
    """The distance of an OFS_DELTA to its base."""
    out = bytearray([distance & 0x7F])
    while distance >> 7:
        distance = (distance >> 7) - 1
        out.insert(0, 0x80 | distance & 0x7F)
    return bytes(out)


def copy(offset, length):
    flags, rest = 0x80, b""
    for bit in range(4):
        if offset >> 8 * bit & 0xFF:
            flags, rest = flags | 1 << bit, rest + bytes([offset >> 8 * bit & 0xFF])
    if length != 0x10000:
        for bit in range(3):
            if length >> 8 * bit & 0xFF:
                flags, rest = flags | 16 << bit, rest + bytes([length >> 8 * bit & 0xFF])
    return bytes([flags]) + rest


def delta(base_size, result_size, *instructions):
    return number(base_size) + number(result_size) + b"".join(instructions)


class Pack:
    """Entries in their order; offsets are known as soon as an entry is added."""

    def __init__(self, version=2):
        self.data, self.entries, self.count = bytearray(b"PACK" + version.to_bytes(4, "big") + bytes(4)), [], None

    def raw(self, oid, entry):
        offset = len(self.data)
        self.entries.append((oid, offset, zlib.crc32(entry)))
        self.data += entry
        return oid, offset

    def object(self, kind, body, oid=None, size=None):
        head = size_header(TYPES[kind], len(body) if size is None else size)
        return self.raw(oid or object_id(kind, body), head + zlib.compress(body, 1))

    def ofs(self, oid, base_offset, instructions, size=None):
        head = size_header(OFS, len(instructions) if size is None else size)
        return self.raw(oid, head + back(len(self.data) - base_offset) + zlib.compress(instructions, 1))

    def ref(self, oid, base_oid, instructions):
        return self.raw(oid, size_header(REF, len(instructions)) + bytes.fromhex(base_oid) + zlib.compress(instructions, 1))

    def bytes(self):
        count = len(self.entries) if self.count is None else self.count
        data = bytes(self.data[:8] + count.to_bytes(4, "big") + self.data[12:])
        return data + hashlib.sha1(data).digest()

    def index(self, pack, entries=None, fan_out=None):
        """Index version 2; `entries` or `fan_out` may be given to lie."""
        entries = sorted(self.entries if entries is None else entries)
        firsts = [entry[0][:2] for entry in entries]
        counts = [bisect.bisect_right(firsts, f"{first:02x}") for first in range(256)]
        data = b"\xfftOc\0\0\0\2" + b"".join(count.to_bytes(4, "big") for count in fan_out or counts)
        data += b"".join(bytes.fromhex(oid) for oid, _, _ in entries)
        data += b"".join(crc.to_bytes(4, "big") for _, _, crc in entries)
        large = [offset for _, offset, _ in entries if offset >= 1 << 31]
        data += b"".join((offset if offset < 1 << 31 else 1 << 31 | large.index(offset)).to_bytes(4, "big")
                         for _, offset, _ in entries)
        data += b"".join(offset.to_bytes(8, "big") for offset in large) + pack[-20:]
        return data + hashlib.sha1(data).digest()


def honest_pack(version=2):
    """The honest files with `b.c` as an OFS_DELTA and `c.c` as a REF_DELTA; returns pack, commit id, entries."""
    pack, entries = Pack(version), {path: value for path, value in HONEST.items() if path != b"src-x"}
    base = HONEST[b"src/b.c"][1]
    longer, other = base + b"int c;\n", base[:70] + b"int d;\n" + base[:700]
    entries[b"src/c.c"], entries[b"src/d.c"] = ("100644", longer), ("100644", other)
    folder, root = [], []
    base_id, base_offset = pack.object(b"blob", base)
    first = pack.ofs(object_id(b"blob", longer), base_offset, delta(len(base), len(longer), copy(0, len(base)), b"\x07int c;\n"))
    second = pack.ref(object_id(b"blob", other), base_id,
                      delta(len(base), len(other), copy(0, 70), b"\x07int d;\n", copy(0, 700)))
    ids = {b"src/b.c": base_id, b"src/c.c": first[0], b"src/d.c": second[0]}
    for path, (mode, content) in sorted(entries.items()):
        oid = ids.get(path) or pack.object(b"blob", content)[0]
        (folder if b"/" in path else root).append((mode.encode(), path.split(b"/")[-1], oid))
    tree = pack.object(b"tree", tree_body(sorted(folder, key=lambda entry: entry[1])))[0]
    root = sorted(root + [(b"40000", b"src", tree)], key=lambda entry: entry[1])
    commit = pack.object(b"commit", commit_body(pack.object(b"tree", tree_body(root))[0]))[0]
    return pack, commit, entries


def store(repository, commit, pack, index):
    name = "objects/pack/pack-" + pack[-20:].hex()
    repository.put(name + ".pack", pack)
    if index is not None:
        repository.put(name + ".idx", index)
    repository.head(commit)
    return name


def make(cases):
    pack, commit, entries = honest_pack()
    data = pack.bytes()
    index = pack.index(data)

    def case(name, expect, why, made, listing):
        store(cases.repository(KIND, name, expect, why, roots=[entries]), commit, made, listing)
    case("honest with deltas", DONE, "what the others are made from", data, index)
    flips(case, pack, data, index)
    pack_lies(case, pack, data, index)
    index_lies(case, pack, data, index)
    one_delta(cases)
    deep_and_large(cases)


def flip(data, position, mask=1):
    return data[:position] + bytes([data[position] ^ mask]) + data[position + 1:]


def flips(case, pack, data, index):
    ends = [offset for _, offset, _ in pack.entries][1:] + [len(data) - 20]
    for number_, ((_, offset, _), end) in enumerate(zip(pack.entries, ends)):
        for name, position, mask in (("type", offset, 0x20), ("size", offset, 0x01), ("zlib header", offset + 2, 0x08),
                                     ("data", (offset + end) // 2, 0x10), ("checksum", end - 1, 0x01)):
            case(f"flip in entry {number_} {name}", REFUSED, "a flipped bit in an entry of the pack",
                 flip(data, position, mask), index)
    for name, position in (("magic", 0), ("version", 7), ("count", 11), ("count high", 8)):
        case(f"flip in {name}", HARMLESS if name.startswith("count") else REFUSED, "a flipped bit in the pack's header",
             flip(data, position), index)
    case("flip in trailer", HARMLESS, "a flipped bit in the pack's checksum", flip(data, len(data) - 3), index)
    count, table = len(pack.entries), 8 + 1024
    parts = {"magic": (0, REFUSED), "version": (7, REFUSED), "fan-out first": (8, HARMLESS), "fan-out middle": (8 + 512, HARMLESS),
             "fan-out last": (8 + 1023, HARMLESS), "checksums": (table + 20 * count + 1, HARMLESS),
             "pack checksum": (len(index) - 30, HARMLESS), "trailer": (len(index) - 5, HARMLESS)}
    for name, (position, expect) in parts.items():
        case(f"index flip in {name}", expect, "a flipped bit in the index", data, flip(index, position))
    for entry in range(count):
        case(f"index flip in id {entry}", REFUSED, "an id that is not there", data, flip(index, table + 20 * entry + 10))
        case(f"index flip in offset {entry}", REFUSED, "an offset that points elsewhere",
             data, flip(index, table + 24 * count + 4 * entry + 3, 4))
        case(f"index offset {entry} marked large", REFUSED, "an offset in a table that is not there",
             data, flip(index, table + 24 * count + 4 * entry, 0x80))


def pack_lies(case, pack, data, index):
    for name, length in (("empty", 0), ("header only", 12), ("half", len(data) // 2), ("no trailer", len(data) - 20)):
        case(f"truncated to {name}", HARMLESS if name == "no trailer" else REFUSED, "a truncated pack", data[:length], index)
    case("trailing bytes", HARMLESS, "bytes after the pack's checksum", data + bytes(40), index)
    third = honest_pack(version=3)[0]
    case("version 3", HARMLESS, "a version nobody writes, which git reads", third.bytes(), third.index(third.bytes()))
    fourth = honest_pack(version=4)[0]
    case("version 4", REFUSED, "a version that does not exist", fourth.bytes(), fourth.index(fourth.bytes()))
    for count in (0, 1, 1 << 31):
        pack.count = count
        lie = pack.bytes()
        case(f"count of {count}", HARMLESS, "the number of objects is not that of the index", lie, pack.index(lie))
    pack.count = None


def index_lies(case, pack, data, index):
    entries = sorted(pack.entries)
    case("no index", MISSING, "a pack without an index", data, None)
    case("index truncated", REFUSED, "half an index", data, index[:len(index) // 2])
    case("index empty", REFUSED, "an empty index", data, b"")
    case("index with trailing bytes", HARMLESS, "bytes after the index", data, index + bytes(20))
    other = Pack()
    other.object(b"blob", b"another pack\n")
    case("index of another pack", REFUSED, "an index that names other objects", data, other.index(other.bytes()))
    for first, second in ((0, 1), (2, 3), (1, len(entries) - 1)):
        lie = list(entries)
        lie[first], lie[second] = ((entries[first][0], *entries[second][1:]), (entries[second][0], *entries[first][1:]))
        case(f"index with offsets {first} and {second} swapped", REFUSED, "good ids at each other's offsets",
             data, pack.index(data, lie))
    for name, offset in (("beyond the pack", len(data) + 1000), ("in the trailer", len(data) - 10), ("of the header", 0),
                         ("above 2 GiB", 1 << 31), ("above 4 GiB", 1 << 33), ("of 2 to the 63", 1 << 63),
                         ("in the middle of an entry", entries[0][1] + 3)):
        lie = [(entries[0][0], offset, entries[0][2])] + entries[1:]
        case(f"index offset {name}", REFUSED, "an offset that is no entry's", data, pack.index(data, lie))
    count = len(entries)
    case("fan-out falls", REFUSED, "a fan-out that is not monotone", data,
         pack.index(data, fan_out=[count] * 128 + [0] * 127 + [count]))
    case("fan-out huge", REFUSED, "more objects than bytes", data, pack.index(data, fan_out=[0xFFFFFFFF] * 256))
    case("fan-out zero", REFUSED, "no objects at all", data, pack.index(data, fan_out=[0] * 256))
    twice = entries + [entries[0]]
    case("index with an id twice", HARMLESS, "one id twice, at the same offset", data, pack.index(data, twice))
    twice = entries + [(entries[0][0], entries[1][1], entries[1][2])]
    case("index with an id at two offsets", HARMLESS, "one id at two offsets", data, pack.index(data, twice))
    lie = pack.index(data)
    table = 8 + 1024
    unsorted = lie[:table] + lie[table + 20:table + 40] + lie[table:table + 20] + lie[table + 40:-20]
    case("index unsorted", REFUSED, "ids out of order", data, unsorted + hashlib.sha1(unsorted).digest())
    first = b"".join(sum(int(oid[:2], 16) <= b for oid, _, _ in entries).to_bytes(4, "big") for b in range(256))
    first += b"".join(offset.to_bytes(4, "big") + bytes.fromhex(oid) for oid, offset, _ in entries) + data[-20:]
    case("index version 1", HARMLESS, "the old form of an index", data, first + hashlib.sha1(first).digest())
    case("index version 9", REFUSED, "a version that does not exist", data, index[:7] + b"\x09" + index[8:])


def single(cases, name, expect, why, add, content=b"good\n"):
    """A repository whose only file is made by `add(pack, id)`, which adds what the index calls `id`."""
    entries = {b"a": ("100644", content)}
    repository = cases.repository("delta", name, expect, why, roots=[entries])
    oid, pack = object_id(b"blob", content), Pack()
    add(pack, oid)
    tree = pack.object(b"tree", tree_body([(b"100644", b"a", oid)]))[0]
    commit = pack.object(b"commit", commit_body(tree))[0]
    data = pack.bytes()
    store(repository, commit, data, pack.index(data))


def one_delta(cases):
    base = b"base bytes\n"
    base_id, result = object_id(b"blob", base), b"good\n"

    def on_base(*instructions, base_size=len(base), result_size=len(result), kind="ofs", size=None):
        def add(pack, oid):
            _, offset = pack.object(b"blob", base)
            made = delta(base_size, result_size, *instructions)
            pack.ofs(oid, offset, made, size) if kind == "ofs" else pack.ref(oid, base_id, made)
        return add

    def case(name, add, why="a delta that breaks a rule", expect=REFUSED):
        single(cases, name, expect, why, add)
    insert = b"\x05" + result
    case("honest", on_base(insert), "what the others are made from", DONE)
    case("base size too small", on_base(insert, base_size=3))
    case("base size too large", on_base(insert, base_size=3000))
    case("result size too small", on_base(insert, result_size=2))
    case("result size too large", on_base(insert, result_size=6000))
    case("result size of 2 to the 62", on_base(insert, result_size=1 << 62))
    case("copy beyond the base", on_base(copy(8, 5)))
    case("copy far beyond the base", on_base(copy(0xFFFFFFF0, 5)))
    case("copy of a length that wraps", on_base(copy(0xFFFFFFFF, 0xFFFFFF)))
    case("insert beyond the delta", on_base(b"\x7fgood\n"))
    case("copy cut short", on_base(b"\xff\x01"))
    case("reserved instruction", on_base(b"\x00", insert))
    case("nothing", on_base())
    case("size in the entry too small", on_base(insert, size=3))
    case("size in the entry too large", on_base(insert, size=300))
    case("size that never ends", lambda pack, oid: pack.ref(oid, pack.object(b"blob", base)[0], b"\xff" * 30))
    case("empty delta", lambda pack, oid: pack.ref(oid, pack.object(b"blob", base)[0], b""))
    case("base missing", lambda pack, oid: pack.ref(oid, "1" * 40, delta(1, 5, insert)), "the base is nowhere")
    case("of itself", lambda pack, oid: pack.ref(oid, oid, delta(5, 5, copy(0, 5))), "a cycle of one")
    case("distance zero", lambda pack, oid: pack.ofs(oid, len(pack.data), delta(5, 5, copy(0, 5))), "its own base")
    case("distance before the pack", lambda pack, oid: pack.ofs(oid, -5000, delta(5, 5, copy(0, 5))), "before the start")
    case("distance into the header", lambda pack, oid: pack.ofs(oid, 4, delta(5, 5, copy(0, 5))), "no entry there")

    def ring(length):
        def add(pack, oid):
            ids = [oid] + [f"{number_:040x}" for number_ in range(1, length)]
            for here, there in zip(ids, ids[1:] + ids[:1]):
                pack.ref(here, there, delta(5, 5, copy(0, 5)))
        return add
    for length in (2, 3, 100):
        case(f"cycle of {length}", ring(length), "deltas that need each other")
    for kind in (0, 5):
        case(f"entry of type {kind}", lambda pack, oid, kind=kind: pack.raw(oid, size_header(kind, 5) + zlib.compress(result)),
             "a type that does not exist")
    case("on a tree", lambda pack, oid: pack.ofs(oid, pack.object(b"tree", b"")[1], delta(0, 5, insert)),
         "a blob that is a delta of a tree is a tree")


def deep_and_large(cases):
    depth = 10_000
    last = b"version %d\n" % depth

    def chain(pack, oid):
        previous, size = pack.object(b"blob", b"version 0\n")[1], 10
        for step in range(1, depth + 1):
            body = b"version %d\n" % step
            this = delta(size, len(body), copy(0, 8), bytes([len(body) - 8]) + body[8:])
            previous, size = pack.ofs(object_id(b"blob", body), previous, this)[1], len(body)
    single(cases, "chain of 10,000", HARMLESS, "a sound chain, far deeper than git writes", chain, last)
    block = bytes(1 << 16)

    def bomb(total, instructions):
        def add(pack, oid):
            _, offset = pack.object(b"blob", block)
            pack.ofs(oid, offset, delta(len(block), total, *instructions))
        return add
    single(cases, "bomb of 1 GiB", REFUSED, "50 kB that give 1 GiB", bomb(1 << 30, [copy(0, 0x10000)] * (1 << 14)))

    def tower(pack, oid):
        size, (_, offset) = len(block), pack.object(b"blob", block)
        for step in range(4):
            this = delta(size, size * 256, *[copy(0, 0x10000)] * 256 if step == 0 else [copy(0, 0xFFFFFF)] * 256)
            oid_here = oid if step == 3 else f"{step + 1:040x}"
            _, offset = pack.ofs(oid_here, offset, this)
            size *= 256
    single(cases, "bomb of bombs", REFUSED, "four deltas that say they give 281 TB", tower)

    def endless(pack, oid):
        pack.raw(oid, size_header(3, 1 << 40) + zlib.compress(b"x"))
    single(cases, "entry that says 1 TiB", REFUSED, "a size nobody can allocate", endless)

    def swollen(pack, oid):
        from loose import zeros
        stream = zeros(b"", 1 << 30)
        pack.raw(oid, size_header(3, 5) + stream)
    single(cases, "entry of 5 bytes that inflates to 1 GiB", REFUSED, "a zlib bomb in a pack", swollen)

    def honest_bomb(pack, oid):
        from loose import zeros
        pack.raw(oid, size_header(3, 1 << 30) + zeros(b"", 1 << 30))
    single(cases, "entry of 1 GiB in 1 MB", REFUSED, "a zlib bomb that says its size", honest_bomb)
