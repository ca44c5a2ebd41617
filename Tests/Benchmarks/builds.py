"""The section on comparing builds: identical files beside cmp, and a changed byte in a package beside diffoscope."""

import os
import random
import re
import shlex
import shutil
import subprocess
import time

import report
from measure import ENVIRONMENT, MEBIBYTE, CommandFailed, Contender, compare, warm
from report import Goal


def ours(bench, shipped, rebuilt, status):
    """`vitrine compare`, which must end with `status`."""
    command = f"{shlex.join([str(bench.vitrine), 'compare', str(shipped), str(rebuilt)])}; test $? -eq {status}"
    return Contender("vitrine compare", command, is_peer=False)


def identical(bench):
    size = (16 if bench.quick else 1024) * MEBIBYTE
    report.heading("Identical files", f"Two files of {size:,} random bytes each.")
    one, other = bench.scratch / "one", bench.scratch / "other"
    generator = random.Random(1)
    with one.open("wb") as file:
        for _ in range(size // MEBIBYTE):
            file.write(generator.randbytes(MEBIBYTE))
    shutil.copyfile(one, other)
    found = compare([ours(bench, one, other, 0), Contender("cmp", f"exec cmp {one} {other}")], bench.runs,
                    lambda: warm(bench.scratch), bench.say)
    report.comparison(found, "cmp")
    report.goals([
        Goal("wall time, times cmp", found.ratio("vitrine compare", "cmp", "wall"), 1.2),
        Goal("peak memory", found.median("vitrine compare", "peak") / MEBIBYTE, 256, " MiB"),
    ])
    one.unlink()
    other.unlink()


def package(bench, name, flip):
    """A Debian package of about 50 MB: the program under test and random data; with `flip`, one byte of code changed."""
    root = bench.scratch / "package"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "usr/bin").mkdir(parents=True)
    fields = "Package: big\nVersion: 1\nArchitecture: amd64\nMaintainer: x <x@example.org>\nDescription: x\n"
    (root / "DEBIAN/control").write_text(fields)
    (root / "usr/data").write_bytes(random.Random(2).randbytes((2 if bench.quick else 45) * MEBIBYTE))
    program = root / "usr/bin/program"
    shutil.copyfile(bench.vitrine, program)
    if flip:
        sections = subprocess.run(["readelf", "-SW", program], capture_output=True, text=True, check=True).stdout
        text = re.search(r"\.text\s+PROGBITS\s+\S+\s+(\S+)\s+(\S+)", sections)
        with program.open("r+b") as file:
            file.seek(int(text[1], 16) + int(text[2], 16) // 2)
            byte = file.read(1)[0]
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 1]))
    for path in [root, *root.rglob("*")]:
        os.utime(path, (1_700_000_000, 1_700_000_000))
    target = bench.scratch / name
    done = subprocess.run(["dpkg-deb", "-Zxz", "-z1", "--root-owner-group", "-b", root, target], capture_output=True,
                          env={**ENVIRONMENT, "SOURCE_DATE_EPOCH": "1700000000"})
    if done.returncode != 0:
        raise CommandFailed(f"dpkg-deb: {done.stderr.decode(errors='replace')}")
    shutil.rmtree(root)
    return target


def changed(bench):
    one, other = package(bench, "one.deb", False), package(bench, "other.deb", True)
    report.heading("One changed byte", f"Two packages of {one.stat().st_size:,} bytes; one byte of the code of a program differs.")
    contender = ours(bench, one, other, 1)
    found = compare([contender], bench.runs, lambda: warm(bench.scratch), bench.say)
    report.comparison(found, contender.name)
    told = subprocess.run([bench.vitrine, "compare", one, other], capture_output=True, env=ENVIRONMENT).stdout.decode()
    if "section .text" not in told:
        raise CommandFailed("vitrine compare does not name the section")
    wall = found.median(contender.name, "wall")
    goals = [Goal("peak memory", found.median(contender.name, "peak") / MEBIBYTE, 256, " MiB")]
    if shutil.which("diffoscope"):
        # It is stopped when the goal is met twice over.
        started = time.monotonic()
        subprocess.run(["timeout", str(40 * wall), "diffoscope", "--text", "/dev/null", one, other], capture_output=True)
        goals.append(Goal("diffoscope, times the wall time (stopped at 40)", (time.monotonic() - started) / wall, 20,
                          at_least=True))
    report.goals(goals)


def comparison(bench):
    identical(bench)
    changed(bench)
