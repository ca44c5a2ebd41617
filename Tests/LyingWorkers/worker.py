"""A stand-in for the object worker that speaks its protocol (Sources/GitWorker/WorkerFrames.swift) and lies in one way.

usage: worker.py LIE OBJECTS, where OBJECTS holds one file an object, named by its id: kind, space, content; and `head`.
"""
import mmap
import os
import signal
import struct
import sys
import time

lie, folder = sys.argv[1], sys.argv[2]
SLOT, KINDS = 1 << 20, {"commit": 1, "tree": 2, "blob": 3, "tag": 4}
memory = mmap.mmap(3, 4 * SLOT)


def exactly(count):
    data = b""
    while len(data) < count:
        piece = os.read(0, count - len(data))
        if not piece:
            sys.exit(0)
        data += piece
    return data


def request():
    return exactly(struct.unpack("<I", exactly(4))[0])


def send(body, length=None):
    data = struct.pack("<I", len(body) if length is None else length) + body
    while data:
        data = data[os.write(1, data):]


def piece(index, kind, total, start, count, last=1, fault=0):
    return struct.pack("<IBBBIIII", index, kind, fault, last, total & 0xFFFFFFFF, total >> 32, start, count)


def load(name):
    with open(os.path.join(folder, name), "rb") as file:
        kind, content = file.read().split(b" ", 1)
    return KINDS[kind.decode()], content


def batch(pieces, slot=0, wait=True):
    send(b"\x04" + struct.pack("<I", slot) + b"".join(pieces))
    if wait:
        assert request()[0] == 5


def give(index, kind, content):
    """One object as it should be sent, in pieces of at most 1,000 bytes."""
    for start in range(0, max(len(content), 1), 1000):
        part = content[start:start + 1000]
        memory[0:len(part)] = part
        batch([piece(index, kind, len(content), 0, len(part), start + 1000 >= len(content))])


def blob(index, content, others):
    """Sends one blob, with the lie."""
    total, at = len(content), b"".join
    memory[0:total] = content
    if lie == "wrong bytes":
        give(index, 3, bytes([content[0] ^ 1]) + content[1:])
    elif lie == "bytes of another":
        give(index, 3, others[index - 1])
    elif lie == "another kind":
        give(index, 2, content)
    elif lie == "one byte more":
        give(index, 3, content + b"\0")
    elif lie == "one byte less":
        give(index, 3, content[:-1])
    elif lie == "objects out of order":
        batch([piece(index + 1, 3, total, 0, total)])
    elif lie == "an object twice":
        batch([piece(index, 3, total, 0, total), piece(index, 3, total, 0, total)])
    elif lie == "pieces out of order":
        half = total // 2
        batch([piece(index, 3, total, half, total - half, 0), piece(index, 3, total, 0, half)])
    elif lie == "beyond the slot":
        batch([piece(index, 3, total, SLOT - 1, total)])
    elif lie == "beyond the memory":
        batch([piece(index, 3, total, 0xFFFFFF00, total)])
    elif lie == "no such slot":
        batch([piece(index, 3, total, 0, total)], slot=4)
    elif lie == "a slot of four thousand million":
        batch([piece(index, 3, total, 0, total)], slot=0xFFFFFFFF)
    elif lie == "a piece too long":
        batch([piece(index, 3, total, 0, total + 1)])
    elif lie == "last too early":
        batch([piece(index, 3, total, 0, total - 1, 1)])
    elif lie == "the length changes":
        batch([piece(index, 3, total, 0, 1, 0), piece(index, 3, total + 1, 1, total - 1)])
    elif lie == "the kind changes":
        batch([piece(index, 3, total, 0, 1, 0), piece(index, 1, total, 1, total - 1)])
    elif lie == "a huge length":
        batch([piece(index, 3, (1 << 64) - 1, 0, total)])
    elif lie == "neither bytes nor fault":
        batch([piece(index, 0, total, 0, total)])
    elif lie == "bytes and fault":
        batch([piece(index, 3, total, 0, total, 1, 1)])
    elif lie == "an unknown kind":
        batch([piece(index, 5, total, 0, total)])
    elif lie == "an unknown fault":
        batch([piece(index, 0, 0, 0, 0, 1, 99)])
    elif lie == "half a piece":
        send(b"\x04" + struct.pack("<I", 0) + piece(index, 3, total, 0, total)[:-1])
    elif lie == "a text beyond the slot":
        batch([piece(index, 0, 0, SLOT, 5, 1, 9)])
    elif lie == "a text too long":
        batch([piece(index, 0, 0, 0, SLOT, 1, 9)])
    elif lie == "missing":
        batch([piece(index, 0, 0, 0, 0, 1, 1)])
    elif lie == "a damaged end":
        batch([piece(index, 3, total, 0, total - 1, 0), piece(index, 0, 0, 0, 0, 1, 2)])
    elif lie == "memory that changes":
        batch([piece(index, 3, total, 0, total)], wait=False)
        for turn in range(2000):
            memory[0:total] = content if turn & 1 else bytes(total)
        assert request()[0] == 5
    elif lie == "done too early":
        send(b"\x05")
    elif lie == "another answer":
        send(b"\x02" + bytes(20))
    elif lie == "no known answer":
        send(b"\x63")
    elif lie == "an empty frame":
        send(b"")
    elif lie == "an endless frame":
        send(b"\x04", 0xFFFFFFFF)
    elif lie == "half a frame":
        send(b"\x04\x00", 100)
        sys.exit(0)
    elif lie == "exit":
        sys.exit(3)
    elif lie == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif lie == "crash":
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGSEGV)
    elif lie == "silence":
        time.sleep(60)
    elif lie == "silence with a closed socket":
        os.close(0)
        os.close(1)
        time.sleep(60)
    else:
        give(index, 3, content)


def order(ids):
    positions = list(range(len(ids)))[::-1]
    if lie == "a position twice":
        positions[0] = positions[1]
    elif lie == "a position out of range":
        positions[0] = len(ids)
    elif lie == "a huge position":
        positions[0] = 0xFFFFFFFF
    elif lie == "too few positions":
        positions.pop()
    elif lie == "too many positions":
        positions.append(0)
    elif lie == "no positions":
        positions = []
    frame = b"\x03" + b"".join(struct.pack("<I", position) for position in positions)
    send(frame[:-1] if lie == "half a position" else frame)


def read(ids):
    objects = [load(name) for name in ids]
    for index, (kind, content) in enumerate(objects):
        if kind == 3:
            blob(index, content, [content for _, content in objects])
        elif kind == 2 and lie == "another tree":
            give(index, 2, content[1:])
        elif kind == 1 and lie == "another commit":
            give(index, 1, content + b"\n")
        else:
            give(index, kind, content)
    send(b"\x05")


while True:
    body = request()
    ids = [body[at:at + 20].hex() for at in range(2 if body[0] == 4 else 1, len(body), 20)]
    if body[0] == 1 and lie == "no answer to open":
        send(b"\x05")
    elif body[0] == 1 and lie == "garbage":
        os.write(1, b"Segmentation fault\n" * 10)
        time.sleep(60)
    elif body[0] == 1:
        send(b"\x01" + b"".join(struct.pack("<I", len(place)) + place for place in [b"/nowhere/", b"/nowhere/", b""]))
    elif body[0] == 2 and lie == "no answer to resolve":
        send(b"\x02" + bytes(19))
    elif body[0] == 2:
        with open(os.path.join(folder, "head")) as file:
            send(b"\x02" + bytes.fromhex(file.read()) + b"refs/heads/main")
    elif body[0] == 3:
        order(ids)
    else:
        read(ids)
