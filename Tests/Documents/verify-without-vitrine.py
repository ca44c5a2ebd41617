#!/usr/bin/env python3
"""Runs the commands of docs/verify-without-vitrine.md as they stand there, on evidence made here.

  verify-without-vitrine.py [EVIDENCE-DIR SOURCE-DIR PUB.pem]     with arguments: on that evidence, which must pass

Honest evidence must pass every step; then one thing is changed at a time and the steps must stop.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "SecondVerifier"))
import seal

PAGE = os.path.join(HERE, "..", "..", "docs", "verify-without-vitrine.md")


def commands():
    with open(PAGE) as file:
        return re.findall(r"^```sh\n(.*?)^```$", file.read(), re.DOTALL | re.MULTILINE)


def follow(place):
    """Runs all steps in one shell, as a reader would; the exit status and what was printed."""
    result = subprocess.run(["sh", "-c", "set -eu\n" + "\n".join(commands())], cwd=place, capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


def sample(place):
    source = os.path.join(place, "source")
    for path, content in {"README.md": b"hello\n", "src/a.c": b"int a;\n", "run.sh": b"#!/bin/sh\n", "a b%": b""}.items():
        os.makedirs(os.path.dirname(os.path.join(source, path)), exist_ok=True)
        with open(os.path.join(source, path), "wb") as file:
            file.write(content)
    os.chmod(os.path.join(source, "run.sh"), 0o755)
    os.symlink("src/a.c", os.path.join(source, "latest"))
    key, public = seal.make_key(os.path.join(place, "release.key.pem"))
    seal.seal(source, os.path.join(place, "evidence"), [(key, public)])


def replace(name, old, new):
    def change(place):
        with open(os.path.join(place, name), "rb") as file:
            data = file.read()
        assert old in data
        with open(os.path.join(place, name), "wb") as file:
            file.write(data.replace(old, new, 1))
    return change


CHANGES = {
    "a changed file": replace("source/README.md", b"hello", b"hellO"),
    "an extra file": lambda place: open(os.path.join(place, "source", "extra"), "w").close(),
    "a missing file": lambda place: os.remove(os.path.join(place, "source", "src/a.c")),
    "an executable bit": lambda place: os.chmod(os.path.join(place, "source", "README.md"), 0o755),
    "a set-user-id bit": lambda place: os.chmod(os.path.join(place, "source", "run.sh"), 0o4755),
    "a turned link": lambda place: (os.remove(place + "/source/latest"), os.symlink("x", place + "/source/latest")),
    "a changed manifest": replace("evidence/source.manifest", b"README", b"README2"),
    "a changed payload": replace("evidence/attestations.intoto.jsonl", b'"payload":"eyJ', b'"payload":"eyI'),
    "another key": lambda place: seal.make_key(os.path.join(place, "release.key.pem")),
}


def main(arguments):
    failed = 0

    def expect(name, place, good):
        nonlocal failed
        status, output = follow(place)
        if (status == 0) != good:
            failed += 1
            print(f"FAIL {name}: exit {status}\n{output}")
    with tempfile.TemporaryDirectory() as where:
        if arguments:
            place = os.path.join(where, "given")
            os.makedirs(place)
            for name, path in zip(("evidence", "source", "release.pub.pem"), arguments):
                os.symlink(os.path.abspath(path), os.path.join(place, name))
            expect("given evidence", place, True)
        honest = os.path.join(where, "honest")
        sample(honest)
        for number, (name, change) in enumerate({"nothing changed": lambda place: None, **CHANGES}.items()):
            place = os.path.join(where, str(number))
            shutil.copytree(honest, place, symlinks=True)
            change(place)
            expect(name, place, number == 0)
    print(f"{len(CHANGES) + 1 + bool(arguments) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) not in (1, 4):
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1:]))
