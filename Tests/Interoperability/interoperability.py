#!/usr/bin/env python3
"""Lets other programs judge what `vitrine seal` writes.

  interoperability.py VITRINE-BINARY

openssl verifies the signature over the DSSE pre-authentication encoding; git and `swh identify` give the ids that the
statement names; Python's securesystemslib verifies the envelope. What is not installed is skipped, with the reason.
Closes with `N passed, N failed, N skipped`.
"""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile

ENVIRONMENT = os.environ | {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C",
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}
KEY_TYPES = ("rsa2048", "rsa3072", "rsa4096", "p256", "ed25519")
SCHEMES = {"rsa": "rsa-pkcs1v15-sha256", "p25": "ecdsa-sha2-nistp256", "ed2": "ed25519"}
SSLIB_TYPES = {"rsa": "rsa", "p25": "ecdsa", "ed2": "ed25519"}


class Skipped(Exception):
    pass


def run(*arguments, place=None):
    result = subprocess.run(arguments, cwd=place, env=ENVIRONMENT, capture_output=True, stdin=subprocess.DEVNULL)
    if result.returncode:
        raise AssertionError(f"{arguments[0]}: exit {result.returncode}: {result.stderr.decode(errors='replace')}")
    return result.stdout


def make_repository(place):
    """Files of every mode, and names that programs like to misread."""
    os.makedirs(os.path.join(place, "src"))
    for name, body in (("README.md", b"hello\n"), ("src/a.c", b"int a;\n"), ("src-x", b""), ("caf\u00e9", b"\xff\x00")):
        with open(os.path.join(place, name), "wb") as file:
            file.write(body)
    with open(os.path.join(place, "run.sh"), "wb", opener=lambda path, flags: os.open(path, flags, 0o755)) as file:
        file.write(b"#!/bin/sh\n")
    os.symlink("src/a.c", os.path.join(place, "latest"))
    run("git", "init", "-q", "--template=", place)
    run("git", "add", "-A", place=place)
    run("git", "commit", "-qm", "A commit", place=place)


def encoding(envelope):
    """DSSE v1.0.2 protocol.md: PAE(type, body)."""
    kind, body = envelope["payloadType"].encode(), base64.b64decode(envelope["payload"])
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body)


def openssl(where, kind, envelope):
    for name, content in (("pae", encoding(envelope)), ("sig", base64.b64decode(envelope["signatures"][0]["sig"]))):
        with open(os.path.join(where, name), "wb") as file:
            file.write(content)
    digest = [] if kind == "ed25519" else ["-digest", "sha256"]
    run("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", f"{kind}.pub.pem", "-rawin", *digest, "-sigfile", "sig",
        "-in", "pae", place=where)


def securesystemslib(where, kind, envelope):
    try:
        from securesystemslib.dsse import Envelope
        from securesystemslib.signer import SSlibKey
    except ImportError as error:
        raise Skipped(f"securesystemslib is not installed ({error})") from None
    with open(os.path.join(where, f"{kind}.pub.pem")) as file:
        pem = file.read()
    public = pem
    if kind == "ed25519":
        lines = pem.split("\n")[1:-2]
        public = base64.b64decode("".join(lines))[-32:].hex()
    keyid = envelope["signatures"][0]["keyid"]
    key = SSlibKey(keyid, SSLIB_TYPES[kind[:3]], SCHEMES[kind[:3]], {"public": public})
    accepted = Envelope.from_dict(json.loads(json.dumps(envelope))).verify([key], 1)
    assert list(accepted) == [keyid], accepted


def git_tree(where, predicate):
    tree = run("git", "rev-parse", "HEAD^{tree}", place=os.path.join(where, "repository")).decode().strip()
    assert predicate["git"]["tree"] == tree and predicate["swhid"] == f"swh:1:dir:{tree}", (predicate["git"], tree)


def software_heritage(where, predicate):
    if not shutil.which("swh"):
        raise Skipped("swh is not installed")
    copy = os.path.join(where, "tree")
    shutil.copytree(os.path.join(where, "repository"), copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    found = run("swh", "identify", "--no-filename", copy).decode().strip()
    assert found == predicate["swhid"], (found, predicate["swhid"])


def main(vitrine):
    counts = {"passed": 0, "failed": 0, "skipped": 0}

    def check(name, function, *arguments):
        try:
            function(*arguments)
            counts["passed"] += 1
        except Skipped as reason:
            counts["skipped"] += 1
            print(f"skip {name}: {reason}")
        except Exception as error:  # A peer may raise whatever it likes; all of it is a failure.
            counts["failed"] += 1
            print(f"FAIL {name}: {type(error).__name__}: {error}")

    with tempfile.TemporaryDirectory() as where:
        make_repository(os.path.join(where, "repository"))
        for kind in KEY_TYPES:
            run(vitrine, "key", "new", "--type", kind, "--out", kind, "--no-passphrase", place=where)
            run(vitrine, "seal", "repository", "--product", "p", "--version", kind, "--key", f"{kind}.key.pem",
                "--out", "manifests", place=where)
            with open(os.path.join(where, "manifests", "p", kind, "attestations.intoto.jsonl")) as file:
                envelope = json.load(file)
            check(f"openssl pkeyutl, {kind}", openssl, where, kind, envelope)
            check(f"securesystemslib, {kind}", securesystemslib, where, kind, envelope)
        predicate = json.loads(base64.b64decode(envelope["payload"]))["predicate"]
        check("git rev-parse HEAD^{tree}", git_tree, where, predicate)
        check("swh identify", software_heritage, where, predicate)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(os.path.abspath(sys.argv[1])))
