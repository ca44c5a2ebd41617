"""The corpora of the sections about builds; built and kept as those of `corpora.py`, which says how.

    pair/      two files of 1 GiB with the same bytes, which do not compress
    debs/      two packages of about 50 MB that differ in one byte of one section of one large ELF file
    program/   the source of a program of Debian's whose build runs for a minute or more
"""

import shutil
import subprocess

import corpora

LARGE_PACKAGE = "libqt6webenginecore6"
PROGRAM = "bash"


def quietly(*command, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, **options)
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise corpora.Unavailable(f"{command[0]}: {lines[-1] if lines else done.returncode}")


def build_pair(root, part, quick):
    [(_, _, chunks)] = corpora.big_files(1, 64 << 20 if quick else 1 << 30, seed=31)
    part.mkdir()
    with open(part / "one", "wb") as file:
        file.writelines(chunks)
    shutil.copyfile(part / "one", part / "two")


def change_a_byte(path):
    """Changes one byte in the middle of the section .rodata."""
    listing = subprocess.run(["readelf", "-SW", str(path)], check=True, capture_output=True, text=True).stdout
    for line in listing.splitlines():
        fields = line.split("]")[-1].split()
        if fields[:1] == [".rodata"]:
            offset = int(fields[3], 16) + int(fields[4], 16) // 2
            break
    else:
        raise corpora.Unavailable(f"{path.name} has no section .rodata")
    with open(path, "r+b") as file:
        file.seek(offset)
        [byte] = file.read(1)
        file.seek(offset)
        file.write(bytes([byte ^ 1]))


def build_debs(root, part, quick):
    name = "libpython3.11-minimal" if quick else LARGE_PACKAGE
    scratch = root / "debs-package.part"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    part.mkdir()
    quietly("apt-get", "download", "-q", name, cwd=scratch)
    [package] = scratch.glob("*.deb")
    tree = scratch / "tree"
    quietly("dpkg-deb", "--raw-extract", str(package), str(tree))
    largest = max((path for path in tree.rglob("*") if is_elf(path)), key=lambda path: path.stat().st_size)
    build = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(tree)]
    quietly(*build, str(part / "one.deb"))
    change_a_byte(largest)
    quietly(*build, str(part / "two.deb"))
    shutil.rmtree(scratch)


def is_elf(path):
    if path.is_symlink() or not path.is_file():
        return False
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


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


corpora.BUILDERS.update(pair=build_pair, debs=build_debs, program=build_program)
