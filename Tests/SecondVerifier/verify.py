#!/usr/bin/env python3
"""The second verifier: the judgement of `vitrine-verify`, written again from docs/formats to be read.
  verify.py EVIDENCE-DIR --source DIR --trust PUB.pem ... [--threshold K] [--json]

Exit status: 0 passed, 1 failed, 2 could not look, 3 inconclusive.
Needs Python 3.11 and the `openssl` command (pkeyutl; `openssl dgst -verify` accepts trailing bytes).
"""
import base64, hashlib, json, os, pathlib, re, stat, subprocess, sys, tempfile
from datetime import datetime

MANIFEST_CEILING, LINES_CEILING, PAYLOAD_CEILING = 256 << 20, 16 << 20, 8 << 20  # bytes
ENTRY_CEILING, ENVELOPE_CEILING, SIGNATURE_CEILING, DEPTH_CEILING = 2_000_000, 1024, 32, 32

class Refused(Exception):
    """Exit status 1: what was looked at is not what it claims to be."""
class CouldNotLook(Exception):
    """Exit status 2: usage, I/O, a file that is not there."""

def demand(condition, message):
    if not condition:
        raise Refused(message)

# ---- 1. Spellings: JSON, base64, paths. One spelling a value.

def strict_json(data, what):
    def whole(text):
        demand(text != "-0" and len(text) < 21 and -2**63 <= int(text) < 2**63, f"{what}: a number")
        return int(text)  # ValueError for a fraction, an exponent or NaN

    def members(pairs):
        demand(len(dict(pairs)) == len(pairs), f"{what}: a name twice in one object")
        return dict(pairs)

    def check(value, depth):
        demand(depth <= DEPTH_CEILING, f"{what}: nested too deep")
        if isinstance(value, str):
            value.encode()  # UnicodeError for half of a surrogate pair
        elif isinstance(value, (list, dict)):
            for inner in value if isinstance(value, list) else [*value, *value.values()]:
                check(inner, depth + 1)
    try:
        value = json.loads(data.decode(), object_pairs_hook=members, parse_int=whole, parse_float=whole,
                           parse_constant=whole)
        check(value, 1)
        return value
    except (ValueError, RecursionError) as error:  # UnicodeError and JSONDecodeError are ValueErrors
        raise Refused(f"{what}: malformed JSON: {type(error).__name__}") from None

def strict_base64(text, what="base64"):
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        raise Refused(f"{what}: not base64") from None
    demand(base64.b64encode(data).decode() == text, f"{what}: not the canonical base64")
    return data

def escape(path):
    return "".join(chr(b) if 0x21 <= b <= 0x7E and b != 0x25 else f"%{b:02X}" for b in path)

def path_fault(raw):
    """The rule of docs/formats/manifest.md, "path", that raw bytes break; None when they are a path."""
    parts = raw.split(b"/")
    if len(raw) > 4096 or b"\0" in raw or b"" in parts or b"." in parts or b".." in parts:
        return "longer than 4096 bytes, NUL, an empty component, `.` or `..`"
    return "a component is `.git`" if b".git" in [part.lower() for part in parts] else None

def unescape(spelling, what):
    demand(isinstance(spelling, str) and spelling.isascii(), f"{what}: not an escaped text")
    raw = re.sub(rb"%([0-9A-F]{2})", lambda found: bytes([int(found[1], 16)]), spelling.encode())
    demand(escape(raw) == spelling, f"{what}: not the one escaped spelling")
    return raw

def tree_path(spelling, what="path"):
    """The raw bytes of an escaped path."""
    raw = unescape(spelling, what)
    demand(not path_fault(raw), f"{what}: {path_fault(raw)}")
    return raw

def shape(value, pattern, what):
    """Refuses `value` unless it has the shape of `pattern`: fields exactly as named, `name?` may be absent."""
    if isinstance(pattern, dict):
        demand(isinstance(value, dict), f"{what}: not an object")
        known = {name.rstrip("?"): inner for name, inner in pattern.items()}
        for name in value:
            demand(name in known, f"{what}: unknown field {name!r}")
            shape(value[name], known[name], f"{what}.{name}")
        for name in pattern:
            demand(name in value or name.endswith("?"), f"{what}.{name}: missing")
    elif isinstance(pattern, list):
        demand(isinstance(value, list), f"{what}: not an array")
        for item in value:
            shape(item, pattern[0], what)
    elif isinstance(pattern, str):
        demand(isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII | re.DOTALL), f"{what}: a bad value")
    elif isinstance(pattern, type):
        demand(type(value) is pattern and value >= 0, f"{what}: not a {pattern.__name__}")
    else:
        pattern(value, what)

# ---- 2. The Merkle tree of RFC 6962 section 2.1

def sha256(data):
    return hashlib.sha256(data).digest()

def node(left, right):
    return sha256(b"\x01" + left + right)

def range_root(start, leaves, size, proof):
    """The root of a tree of `size` leaves, given `leaves` from index `start` on and, as `proof`, the hashes of the
    maximal subtrees outside that range, left to right. With all leaves and no proof it is the tree hash."""
    end, rest = start + len(leaves), list(reversed(proof))
    demand(0 <= start and end <= size and (leaves or size == 0), "the range is not in the tree")

    def subtree(low, high):
        if high <= start or low >= end:
            demand(rest, "the proof is too short")
            return rest.pop()
        if high - low == 1:
            return sha256(b"\x00" + leaves[low - start])
        middle = low + (1 << ((high - low - 1).bit_length() - 1))  # the largest power of two below the size
        return node(subtree(low, middle), subtree(middle, high))
    root = subtree(0, size) if size else sha256(b"")
    demand(not rest, "the proof is too long")
    return root

# ---- 3. The source manifest; docs/formats/manifest.md and blinded.md

def entry(line, what):
    """(path, (mode, size, sha256)) of one line without its LF."""
    found = re.fullmatch(rb"(100644|100755|120000|160000) (0|[1-9][0-9]{0,18}) ([0-9a-f]{64}) ([!-~]+)", line)
    demand(found, f"{what}: not `mode size sha256 path`")
    mode, size, digest, path = (part.decode() for part in found.groups())
    demand(int(size) < 2**63 and (mode != "160000" or size == "40"), f"{what}: the size")
    return tree_path(path, what), (mode, int(size), digest)

def manifest(data):
    """(form, leaves, entries by path)"""
    header, _, rest = data.partition(b"\n")
    form = {b"vitrine-manifest/v1": "open", b"vitrine-blinded/v1": "blinded"}.get(header)
    demand(form and data.endswith(b"\n"), "source.manifest: no known header, or no LF at the end")
    leaves, entries, previous = rest.split(b"\n")[:-1], {}, b""
    demand(len(leaves) <= ENTRY_CEILING, "source.manifest: too many entries")
    for number, line in enumerate(leaves, 2):
        what = f"source.manifest line {number}"
        if form == "blinded":
            demand(re.fullmatch(rb"blinded [0-9a-f]{64}", line), f"{what}: not a blinded leaf")
            path = line
        else:
            path, entries[path] = (pair := entry(line, what))[0], pair[1]
        demand(path > previous, f"{what}: not in increasing order")
        previous = path
    for path in entries:
        for end in (index for index, byte in enumerate(path) if byte == 0x2F):
            demand(path[:end] not in entries, f"source.manifest: {escape(path[:end])} is a file and a directory")
    return form, leaves, entries

# ---- 4. Keys, envelopes, statement; docs/formats/statement.md

class PublicKey:
    """A trusted key. It alone says which algorithm is used; the message never does."""
    FIXED = {"302a300506032b6570032100": (b"\0\0\0\x0bssh-ed25519", 32, []),
             "3059301306072a8648ce3d020106082a8648ce3d030107034200":
             (b"\0\0\0\x13ecdsa-sha2-nistp256\0\0\0\x08nistp256", 65, ["-digest", "sha256"])}
    RSA = (rb"\x30\x82..\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03\x82..\x00"
           rb"\x30\x82..\x02\x82(..)(\x00[\x80-\xff].+)\x02([\x03-\x08])([\x01-\x7f].+)")

    def __init__(self, pem):
        found = re.fullmatch(r"-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)\n-----END PUBLIC KEY-----\n*", pem)
        if not found:
            raise CouldNotLook("a trusted key is not one PEM block `PUBLIC KEY`")
        self.der, self.length, string = strict_base64(found[1].replace("\n", "")), None, None
        for prefix, (name, size, digest) in self.FIXED.items():
            if self.der.hex().startswith(prefix) and len(self.der) == len(prefix) // 2 + size:
                self.digest, blob = digest, name + size.to_bytes(4, "big") + self.der[-size:]
                break
        else:
            found = re.fullmatch(self.RSA, self.der, re.DOTALL)
            size = int.from_bytes(found[1], "big") if found else 0
            demand(size in (257, 385, 513), "a trusted key is not RSA-2048, 3072, 4096, P-256 or Ed25519")
            numbers = self.der[found.start(2):]
            modulus, exponent = numbers[:size], numbers[size + 2:]
            demand(numbers[size:size + 2] == bytes([2, len(exponent)]) and exponent[-1] & 1
                   and int.from_bytes(exponent, "big") >= 65537, "a trusted RSA key: the exponent")
            self.length, self.digest = size - 1, ["-digest", "sha256"]
            blob = b"".join(len(part).to_bytes(4, "big") + part for part in (b"ssh-rsa", exponent, modulus))
        self.keyid = "SHA256:" + base64.b64encode(sha256(blob)).decode().rstrip("=")

    def verifies(self, signature, message):
        if self.length not in (None, len(signature)):
            return False
        with tempfile.TemporaryDirectory() as place:
            for name, data in (("key", self.der), ("signature", signature), ("message", message)):
                pathlib.Path(place, name).write_bytes(data)
            return subprocess.run(
                ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key", "-rawin", *self.digest,
                 "-sigfile", "signature", "-in", "message"], cwd=place, capture_output=True).returncode == 0

HEX40, HEX64, KEYID = "[0-9a-f]{40}", "[0-9a-f]{64}", "SHA256:[A-Za-z0-9+/]{43}"
NAME = "[A-Za-z0-9][A-Za-z0-9._+~-]{0,127}"
COMMON = {"product": NAME, "version": NAME, "treeRoot": HEX64, "entries": int, "form": "open|blinded",
          "view": "git-commit|directory", "sealedOn": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "requiredSigners": [KEYID]}
BLINDED = COMMON | {"gaps": int, "detailsCommitment": HEX64}
DIRECTORY = COMMON | {
    "bytes": int, "submodules": [{"path": tree_path, "commit": HEX40, "resolved": bool}],
    "lfs": [{"path": tree_path, "oid": HEX64, "size": int}],
    "attributes": [{"path": tree_path, "line": int, "pattern": unescape, "attribute": unescape}],
    "emptyDirectories": [tree_path], "reused?": {"manifest": HEX64, "entries": int}}
GIT = DIRECTORY | {"swhid": "swh:1:dir:" + HEX40, "git": {
    "commit": HEX40, "tree": HEX40, "objectReader": "packs|libgit2", "tag?": {"name": unescape, "object": HEX40}}}

def statement(payload):
    """(predicate, manifest digest) of a source-manifest statement; None for any other predicate."""
    value = strict_json(payload, "statement")
    shape(value, {"_type": "https://in-toto[.]io/Statement/v1", "predicateType": ".+", "subject": lambda *_: None,
                  "predicate": lambda *_: None}, "statement")
    if value["predicateType"] != "urn:vitrine:source-manifest:v1":
        return None
    predicate = value["predicate"] if isinstance(value["predicate"], dict) else {}
    kind = GIT if predicate.get("view") == "git-commit" else DIRECTORY
    shape(value["predicate"], BLINDED if predicate.get("form") == "blinded" else kind, "predicate")
    shape(value["subject"], [{"name": ".+", "digest": {"sha256": HEX64}}], "subject")
    try:
        datetime.strptime(predicate["sealedOn"], "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        raise Refused("predicate.sealedOn: no such time") from None
    demand("git" not in predicate or predicate["swhid"] == "swh:1:dir:" + predicate["git"]["tree"], "predicate.swhid")
    demand(0 < len(predicate["requiredSigners"]) == len(set(predicate["requiredSigners"])), "predicate.requiredSigners")
    demand([item["name"] for item in value["subject"]] == ["{product}@{version}".format(**predicate)], "subject: its name")
    empty = [tree_path(spelling) for spelling in predicate.get("emptyDirectories", [])]
    demand(empty == sorted(set(empty)), "predicate.emptyDirectories: not in order, or one twice")
    return predicate, value["subject"][0]["digest"]["sha256"]

def envelope(value, what):
    """(type, payload, [(keyid, signature)]) of a DSSE envelope; unknown fields are ignored, as DSSE says."""
    known = {"payload": ".*", "payloadType": ".*", "signatures": lambda *_: None}
    shape({name: value[name] for name in value if name in known} if isinstance(value, dict) else None, known, what)
    payload, signatures = strict_base64(value["payload"], f"{what}: payload"), value["signatures"]
    demand(len(payload) <= PAYLOAD_CEILING, f"{what}: payload too long")
    demand(isinstance(signatures, list) and 1 <= len(signatures) <= SIGNATURE_CEILING, f"{what}: number of signatures")
    for item in signatures:
        demand(isinstance(item, dict) and type(item.get("sig")) is type(item.get("keyid", "")) is str, what + ": sig")
    pairs = [(item.get("keyid", ""), strict_base64(item["sig"], f"{what}: signature")) for item in signatures]
    return value["payloadType"].encode(), payload, pairs

def signed(envelopes, keys, threshold):
    """(predicate, manifest digest, keyids) that at least `threshold` distinct trusted keys signed."""
    valid, beside, results = {}, {}, []  # both by payload: keyids that verified, keyids that stand at a signature
    demand(sum(len(pairs) for _, _, pairs in envelopes) <= 1024, "attestations: too many signatures")
    for kind, payload, pairs in envelopes:
        pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        good = valid.setdefault((kind, payload), set())
        beside.setdefault((kind, payload), set()).update(keyid for keyid, _ in pairs)
        for _, sig in pairs:
            good.update(id for id, key in keys.items() if id not in good and key.verifies(sig, pae))
    for (kind, payload), good in valid.items():
        if kind == b"application/vnd.in-toto+json" and len(good) >= threshold and (result := statement(payload)):
            results.append((*result, good))
            for signer in result[0]["requiredSigners"]:
                demand(signer in good or (signer in beside[kind, payload] and signer not in keys),
                       f"signed: the signature of {signer} is required and was stripped or altered")
    demand(results, f"signed: {max(map(len, valid.values()), default=0)} of {threshold} signatures by trusted keys")
    demand(len({(digest, made["treeRoot"], made["product"], made["version"]) for made, digest, _ in results}) == 1,
           "signed: trusted keys signed different statements")
    return results[0]

# ---- 5. The tree on disk: raw walk, raw bytes

def content(path, info):
    """(mode, size, sha256) of a file or symbolic link; ValueError when it changes meanwhile."""
    if stat.S_ISLNK(info.st_mode):
        target = os.readlink(path)
        return "120000", len(target), sha256(target).hex()
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        digest, after = hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno())
    same = ("st_dev", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns", "st_mode")
    if any(getattr(info, name) != getattr(after, name) for name in same):
        raise ValueError
    return "100755" if info.st_mode & 0o100 else "100644", info.st_size, digest

def walk(root, submodules, report):
    """(entries by path, empty directories) of a tree; reports what cannot stand in a manifest."""
    entries, empty, pending = {}, [], [b""]
    while pending:
        directory = pending.pop()
        try:
            inside = {item.name: item for item in os.scandir(os.path.join(root, directory))}
            if git := inside.get(b".git"):  # left out: at the top, and where it is the file of a known submodule
                if (not directory and git.is_dir(follow_symlinks=False)) or (
                        directory in submodules | {b""} and git.is_file(follow_symlinks=False) and git.stat().st_size < 5000
                        and re.fullmatch(rb"gitdir: [^\0\r\n]{1,4096}\n?", pathlib.Path(os.fsdecode(git.path)).read_bytes())):
                    del inside[b".git"]
        except OSError:
            report("unreadable", directory)
            continue
        empty += [directory] if directory and not (inside or git) else []
        for name in sorted(inside):
            path = os.path.join(directory, name)
            if path_fault(path):
                report("nested-git-directory" if name.lower() == b".git" else "path-not-representable", path)
                continue
            try:
                info = os.lstat(os.path.join(root, path))
                if stat.S_ISDIR(info.st_mode):
                    pending.append(path)
                elif stat.S_ISREG(info.st_mode) or stat.S_ISLNK(info.st_mode):
                    entries[path] = content(os.path.join(root, path), info)
                    if stat.S_ISREG(info.st_mode) and info.st_mode & 0o7000:
                        report("set-id-bit", path)
                else:
                    report("special-file", path)
            except (OSError, ValueError) as error:
                report("unreadable" if isinstance(error, OSError) else "changed-while-reading", path)
    return entries, empty

def compare(recorded, root, predicate, report):
    """Reports every difference between the manifest's entries and the tree on disk."""
    modules, lfs = ({tree_path(item["path"]): item for item in predicate[name]} for name in ("submodules", "lfs"))
    gaps = {path: sha256(item["commit"].encode()).hex() for path, item in modules.items() if not item["resolved"]}
    demand(gaps == {path: value[2] for path, value in recorded.items() if value[0] == "160000"},
           "statement: the unresolved submodules are not the 160000 lines of the manifest")
    found, empty = walk(root, set(modules) - set(gaps), report)
    for path in sorted(set(recorded) | set(found)):
        old, new = recorded.get(path), found.get(path)
        if path in gaps:
            report("type-differs" if new else "unresolved-submodule", path)
        elif old is None or new is None:
            report("extra" if old is None else "missing", path)
        elif old != new:
            smudged = path in lfs and new == (old[0], lfs[path]["size"], lfs[path]["oid"])
            report("lfs-content" if smudged else "type-differs" if "120000" in (old[0], new[0]) and old[0] != new[0]
                   else "content-differs" if old[1:] != new[1:] else "mode-differs", path)
    for path in set(empty) - set(gaps) - {tree_path(path) for path in predicate["emptyDirectories"]}:
        report("empty-directory", path)

# ---- 6. Judgement
EFFECT = {"unresolved-submodule": "inconclusive", "no-attestations": "inconclusive", "blinded": "inconclusive", "lfs-content": "notice"}

def read(path, ceiling):
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            info = os.fstat(file.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise CouldNotLook(f"{path}: not a regular file")
            demand(info.st_size <= ceiling, f"{path}: longer than {ceiling} bytes")
            return file.read(ceiling + 1)
    except OSError as error:
        raise CouldNotLook(f"{path}: {error.strerror}") from None

def judge_evidence(place, options, keys, threshold, report):
    if len(options["--source"]) != 1 or not os.path.isdir(options["--source"][0]) or options["--content"]:
        raise CouldNotLook("one --source is needed, a directory")
    data = read(os.path.join(place, "source.manifest"), MANIFEST_CEILING)
    lines = read(os.path.join(place, "attestations.intoto.jsonl"), LINES_CEILING).split(b"\n")
    if lines == [b""]:
        return report("no-attestations", b"") or {}
    demand(lines.pop() == b"" and len(lines) <= ENVELOPE_CEILING, "attestations: no LF at the end, or too many lines")
    envelopes = [envelope(strict_json(line, f"line {n}"), f"line {n}") for n, line in enumerate(lines, 1)]
    predicate, digest, _ = signed(envelopes, keys, threshold)
    demand(sha256(data).hex() == digest, "signed: the statement is about another manifest")
    form, leaves, entries = manifest(data)
    root = range_root(0, leaves, len(leaves), []).hex()
    demand((form, root, len(leaves)) == tuple(predicate[name] for name in ("form", "treeRoot", "entries")),
           "statement: form, tree root or number of entries are not those of the manifest")
    if form == "blinded":
        report("blinded", b"")
    else:
        demand(sum(size for _, size, _ in entries.values()) == predicate["bytes"], "statement: bytes")
        compare(entries, os.fsencode(options["--source"][0]), predicate, report)
    return predicate

def main(arguments, judge=judge_evidence):
    options = {"--source": [], "--trust": [], "--threshold": [], "--content": []}
    plain, rest, findings = [], [word for word in arguments if word != "--json"], []
    report = lambda rule, path: findings.append((EFFECT.get(rule, "fails"), rule, escape(path)))
    verdict, why, predicate = "failed", "", {}
    try:
        while rest:
            word = rest.pop(0)
            (options[word] if word in options else plain).append(rest.pop(0) if word in options and rest else word)
        threshold = (options["--threshold"] or ["1"])[-1]
        if (not options["--trust"] or not re.fullmatch("[1-9][0-9]{0,3}", threshold)
                or len(plain) != 1 or plain[0][:1] == "-"):
            raise CouldNotLook(__doc__)
        keys = [PublicKey(read(path, 1 << 16).decode("latin-1")) for path in options["--trust"]]
        keys = {key.keyid: key for key in keys}
        predicate = judge(plain[0], options, keys, int(threshold), report)
        effects = {effect for effect, _, _ in findings}
        verdict = "failed" if "fails" in effects else "inconclusive" if "inconclusive" in effects else "passed"
    except (Refused, CouldNotLook) as error:
        verdict, why = "failed" if isinstance(error, Refused) else "could not look", str(error)
    report = {"verdict": verdict, "why": why, "findings": sorted(findings), "treeRoot": predicate.get("treeRoot")}
    for line in [json.dumps(report)] if "--json" in arguments else [*map(" ".join, sorted(findings)), verdict]:
        print(line)
    if why:
        print(why.encode("ascii", "backslashreplace").decode(), file=sys.stderr)
    return ["passed", "failed", "could not look", "inconclusive"].index(verdict)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
