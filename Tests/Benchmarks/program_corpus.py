"""The corpora of the section about the sandbox; built and kept as those of `corpora.py`, which says how.

    program-NAME/   the source of a program of Debian's
"""

import shutil
import subprocess

import corpora

PROGRAMS = ["cppcheck", "bash"]


def quietly(*command, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, **options)
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise corpora.Unavailable(f"{command[0]}: {lines[-1] if lines else done.returncode}")


def build_program(name, root, part):
    # The source package, through lists and caches of its own.
    from archive import Archive, Unavailable

    scratch = root / f"program-{name}-package.part"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        source = Archive(scratch).source(name)
    except Unavailable as reason:
        raise corpora.Unavailable(str(reason)) from reason
    # dpkg-source puts a copy of the upstream archive beside what it unpacks.
    quietly("dpkg-source", "--no-check", "-x", str(source.description), str(scratch / "unpacked"))
    (scratch / "unpacked").rename(part)
    shutil.rmtree(scratch)


for program in PROGRAMS:
    corpora.BUILDERS[f"program-{program}"] = lambda root, part, quick, name=program: build_program(name, root, part)
