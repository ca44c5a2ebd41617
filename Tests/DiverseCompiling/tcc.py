#!/usr/bin/env python3
"""Diverse double-compiling of a small C compiler: Debian's tcc, built through gcc and through clang.

    tcc.py [--programs DIRECTORY] [--keep DIRECTORY]

tcc is compiled by a host compiler (the first stage), and then compiles itself (the second stage). The first stages differ,
since two compilers made them. The second stages must be the same, byte for byte: both were made by programs that do what
the source of tcc says. Where they are not, one of the host compilers put something in, or the build is not reproducible.
docs/guides/second-toolchain.md says what this shows and what it does not.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "DebianRebuilds"))
from archive import Archive, Unavailable, output  # noqa: E402
from toolchain import closure  # noqa: E402

BUILD = """set -e
./configure --cc="$CC" --prefix=/usr >/dev/null
make -s tcc libtcc1.a >/dev/null 2>&1
mkdir first && cp -R tcc libtcc1.a include first/
first/tcc -B"$PWD/first" -DONE_SOURCE=1 -I. -o second tcc.c -ldl -lpthread
mv second tcc
"""
COMPILERS = {"gcc": "gcc-12", "clang": "clang-14"}


class Failed(Exception):
    pass


def run(*command, statuses=(0,)):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode not in statuses:
        raise Failed(f"{command[0]} {command[1]}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def toolchain(name):
    """The packages of a host compiler, and the variable by which the commands find it."""
    packages = closure(f"{COMPILERS[name]}, libc6-dev, make, binutils")
    return {"debianPackages": packages, "environment": {"CC": COMPILERS[name]}}


def compile_twice(programs, scratch):
    vitrine = str(programs / "vitrine")
    for compiler in COMPILERS.values():
        if not shutil.which(compiler):
            raise Failed(f"{compiler} is not here; apt-get install {' '.join(COMPILERS.values())} make libc6-dev")
    source, tree = Archive(scratch / "archive").source("tcc"), scratch / "tcc"
    output("dpkg-source", "--no-check", "-x", str(source.description), str(tree))
    key, evidence = scratch / "release", scratch / "manifests" / "tcc" / "2"
    run(vitrine, "key", "new", "--out", key, "--no-passphrase")
    signing = ["--key", f"{key}.key.pem"]
    place = ["--product", "tcc", "--version", "2", "--out", scratch / "manifests"]
    run(vitrine, "seal", tree, "--directory", *place, *signing)
    file = scratch / "definition.json"
    content = {
        "format": "vitrine-build/v1",
        "commands": [["/bin/sh", "-c", BUILD]],
        "outputs": ["tcc"],
        "environment": {"PATH": "/usr/bin:/bin"},
        "toolchain": toolchain("gcc"),
        "secondToolchain": toolchain("clang"),
    }
    file.write_text(json.dumps(content, indent=2))
    build = [tree, "--directory", "--definition", file, "--evidence", evidence, *signing, "--out", scratch / "built"]
    run(vitrine, "build", *build)
    arguments = ["--source", tree, "--directory", "--definition", file, "--trust", f"{key}.pub.pem"]
    arguments += ["--shipped", scratch / "built" / "outputs" / "tcc", "--out", scratch / "rebuilt"]
    print(run(vitrine, "rebuild", evidence, *arguments, "--second-toolchain"), end="")


def main():
    parser = argparse.ArgumentParser(description="Diverse double-compiling of tcc.")
    parser.add_argument("--programs", type=Path, default=ROOT / ".build" / "release", help="where vitrine is")
    parser.add_argument("--keep", type=Path, help="keep everything in this directory, which must not be there")
    options = parser.parse_args()
    try:
        if options.keep:
            options.keep.mkdir()
            compile_twice(options.programs.absolute(), options.keep.absolute())
        else:
            with tempfile.TemporaryDirectory(prefix="vitrine-tcc-", dir="/var/tmp") as scratch:
                compile_twice(options.programs.absolute(), Path(scratch))
    except (Failed, Unavailable) as reason:
        sys.exit(f"tcc: {reason}")


if __name__ == "__main__":
    main()
