#!/usr/bin/env python3
"""A small sealer for tests only: makes evidence of a directory with Python and `openssl`, without Vitrine.

  seal.py DIR OUT-EVIDENCE-DIR KEY.pem [KEY.pem ...]      also writes KEY.pub.pem beside each key
"""
import base64
import hashlib
import json
import os
import stat
import subprocess
import sys
import tempfile
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import verify


def make_key(path, kind="rsa2048"):
    """Writes an unencrypted private key and its public half; returns (private, public) paths."""
    how = {"rsa": ["RSA", "-pkeyopt", "rsa_keygen_bits:" + kind[3:]], "p25": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
           "ed2": ["ED25519"]}[kind[:3]]
    subprocess.run(["openssl", "genpkey", "-algorithm", *how, "-out", path], check=True, capture_output=True)
    return path, public_half(path)


def public_half(path):
    public = path.removesuffix(".key.pem").removesuffix(".pem") + ".pub.pem"
    subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-out", public], check=True, capture_output=True)
    return public


def sign(message, key, public):
    """One DSSE signature object over `message`."""
    trusted = verify.PublicKey(open(public).read())
    with tempfile.TemporaryDirectory() as place:
        source, target = os.path.join(place, "message"), os.path.join(place, "signature")
        with open(source, "wb") as file:
            file.write(message)
        subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", key, "-rawin", *trusted.digest, "-in", source,
                        "-out", target], check=True, capture_output=True)
        with open(target, "rb") as file:
            return {"keyid": trusted.keyid, "sig": base64.b64encode(file.read()).decode()}


def entries_of(root):
    """{raw path: (mode, content)} of a directory."""
    found = {}
    for place, folders, files in os.walk(os.fsencode(root)):
        if place == os.fsencode(root) and b".git" in folders:
            folders.remove(b".git")
        for name in files + [folder for folder in folders if os.path.islink(os.path.join(place, folder))]:
            path = os.path.join(place, name)
            info = os.lstat(path)
            relative = os.path.relpath(path, os.fsencode(root))
            if stat.S_ISLNK(info.st_mode):
                found[relative] = "120000", os.readlink(path)
            else:
                with open(path, "rb") as file:
                    found[relative] = "100755" if info.st_mode & 0o100 else "100644", file.read()
    return found


def manifest_text(entries):
    lines = [b"%s %d %s %s" % (mode.encode(), len(content), hashlib.sha256(content).hexdigest().encode(),
                               verify.escape(path).encode()) for path, (mode, content) in sorted(entries.items())]
    return b"".join(line + b"\n" for line in [b"vitrine-manifest/v1", *lines])


def root_of(entries):
    """The tree root of {raw path: (mode, content)}, 64 hex digits."""
    leaves = manifest_text(entries).split(b"\n")[1:-1]
    return verify.range_root(0, leaves, len(leaves), []).hex()


def statement_for(entries, signers, /, product="Lantern", version="1.0", **changes):
    """The statement as a value; `changes` replace fields of the predicate."""
    text = manifest_text(entries)
    predicate = {
        "product": product, "version": version, "treeRoot": root_of(entries), "entries": len(entries),
        "bytes": sum(len(content) for _, content in entries.values()), "form": "open", "view": "directory",
        "submodules": [], "lfs": [], "attributes": [], "emptyDirectories": [], "sealedOn": "2026-11-23T22:00:00Z",
        "requiredSigners": signers} | changes
    return {"_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": f"{product}@{version}", "digest": {"sha256": hashlib.sha256(text).hexdigest()}}],
            "predicateType": "urn:vitrine:source-manifest:v1", "predicate": predicate}


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def envelope(payload, pairs, payload_type="application/vnd.in-toto+json"):
    """A DSSE envelope over the bytes `payload`, signed with every (private, public) pair."""
    pae = b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(payload), payload)
    return {"payload": base64.b64encode(payload).decode(), "payloadType": payload_type,
            "signatures": [sign(pae, *pair) for pair in pairs]}


def write_evidence(place, text, *envelopes):
    """Writes an evidence directory of a manifest text and envelope objects (or lines as bytes)."""
    os.makedirs(place, exist_ok=True)
    with open(os.path.join(place, "source.manifest"), "wb") as file:
        file.write(text)
    with open(os.path.join(place, "attestations.intoto.jsonl"), "wb") as file:
        for item in envelopes:
            file.write(item if isinstance(item, bytes) else compact(item) + b"\n")


def seal(root, place, pairs, **changes):
    """Seals the directory `root` into `place`; returns the envelope."""
    entries = entries_of(root)
    signers = [verify.PublicKey(open(public).read()).keyid for _, public in pairs]
    made = envelope(compact(statement_for(entries, signers, **changes)), pairs)
    write_evidence(place, manifest_text(entries), made)
    return made


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    seal(sys.argv[1], sys.argv[2], [(key, public_half(key)) for key in sys.argv[3:]])
