"""The corpus of the section about the sandbox; built and kept as those of `corpora.py`, which says how.

    program/   the source of a program of Debian's whose build runs for a minute or more
"""

import shutil
import subprocess

import corpora

PROGRAM = "bash"


def quietly(*command, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, **options)
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise corpora.Unavailable(f"{command[0]}: {lines[-1] if lines else done.returncode}")


def build_program(root, part, quick):
    # The source package, through lists and caches of its own.
    from archive import Archive, Unavailable

    scratch = root / "program-package.part"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        source = Archive(scratch).source(PROGRAM)
    except Unavailable as reason:
        raise corpora.Unavailable(str(reason)) from reason
    # dpkg-source puts a copy of the upstream archive beside what it unpacks.
    quietly("dpkg-source", "--no-check", "-x", str(source.description), str(scratch / "unpacked"))
    (scratch / "unpacked").rename(part)
    shutil.rmtree(scratch)


corpora.BUILDERS["program"] = build_program
