"""The sections of the benchmark about builds: comparing what was shipped, and what the sandbox costs."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import corpora
import report
from measure import MEBIBYTE, CommandFailed, Contender, anonymous_peak, compare, run_once, warm
from report import Goal
from sections import run, sealing_key, vitrine

# A program whose build runs for a minute or more, with thousands of short processes in its configure script.
BUILT_PACKAGE = "bash"
BUILD_COMMANDS = "./configure --quiet --without-bash-malloc >/dev/null && make -s -j2 >/dev/null 2>&1"


def identical(bench):
    pair = bench.corpus("pair")
    size = (pair / "one").stat().st_size
    report.heading("Comparison of identical files", f"Two files of {size:,} bytes, in the page cache.")
    ours = vitrine(bench, "vitrine compare", "compare", pair / "one", pair / "two")
    contenders = [
        ours,
        Contender("cmp", "exec cmp one two", pair),
        Contender("openssl dgst of both", "openssl dgst -sha256 one two", pair),
    ]
    found = compare(contenders, bench.runs, lambda: warm(pair), bench.say)
    report.comparison(found, "cmp", {ours.name: anonymous_peak(ours)})
    report.goals([
        Goal("wall, ratio to cmp", found.ratio(ours.name, "cmp", "wall"), 1.2),
        Goal("peak memory", found.median(ours.name, "peak") / MEBIBYTE, 256, " MiB"),
    ])


def packages(bench):
    directory = bench.corpus("debs")
    shipped, rebuilt = sorted(directory.glob("*.deb"))
    report.heading(
        "Comparison of packages",
        f"Two .deb files of {shipped.stat().st_size:,} bytes; one byte in one ELF section differs.",
    )
    # A difference is found, so the status is 1; anything else is a failure.
    command = f"{bench.vitrine} compare {shipped} {rebuilt} >report; [ $? = 1 ] && grep -q '\\.rodata' report"
    ours = Contender("vitrine compare", command, bench.scratch, is_peer=False)
    contenders = [ours]
    if bench.peers.has("diffoscope"):
        peer = f"diffoscope --text diffoscope.txt {shipped} {rebuilt}; [ $? = 1 ]"
        contenders.append(Contender("diffoscope", peer, bench.scratch))
    found = compare(contenders, min(bench.runs, 3), lambda: warm(directory), bench.say)
    baseline = "diffoscope" if "diffoscope" in found.samples else ours.name
    report.comparison(found, baseline, {ours.name: anonymous_peak(ours)})
    goals = [Goal("peak memory", found.median(ours.name, "peak") / MEBIBYTE, 256, " MiB")]
    if baseline != ours.name:
        goals.insert(0, Goal("wall, ratio to diffoscope", found.ratio(ours.name, baseline, "wall"), 1 / 20))
    report.goals(goals)


def definition(directory):
    """A build definition for the packages of this machine that a C program is built with."""
    listing = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${Version}\n", "gcc", "make", "libc6-dev", "binutils"],
        check=True, capture_output=True, text=True,
    ).stdout
    packages = [dict(zip(["name", "version"], line.split())) for line in listing.splitlines()]
    content = {
        "format": "vitrine-build/v1",
        "commands": [["/bin/sh", "-c", BUILD_COMMANDS]],
        "outputs": ["bash"],
        "environment": {"PATH": "/usr/bin:/bin"},
        "toolchain": {"debianPackages": packages},
    }
    path = directory / "definition.json"
    path.write_text(json.dumps(content))
    return path


def sandbox(bench):
    source = bench.corpus("program")
    report.heading("Sandbox", f"The build of Debian's {BUILT_PACKAGE}: `{BUILD_COMMANDS}`.")
    key, _ = sealing_key(bench)
    out = bench.scratch / "evidence"
    run(bench, "seal", source, "--directory", "--product", "program", "--version", "1", "--key", key, "--out", out)
    plain, made = bench.scratch / "plain", bench.scratch / "made"
    file = definition(bench.scratch)

    def copy():
        shutil.rmtree(plain, ignore_errors=True)
        shutil.copytree(source, plain, symlinks=True)

    def build(name, *more):
        arguments = ["build", source, "--directory", "--definition", file, "--evidence", out / "program" / "1"]
        arguments += ["--key", key, "--out", made, *more]
        return vitrine(bench, name, *arguments, prepare=lambda: shutil.rmtree(made, True))

    direct = Contender("without a sandbox", BUILD_COMMANDS, plain, prepare=copy, is_peer=False)
    inside, traced = build("vitrine build"), build("vitrine build --trace", "--trace")
    found = compare([direct, inside, traced], min(bench.runs, 3), lambda: warm(source), bench.say)
    report.comparison(found, direct.name)
    report.goals([
        Goal("the build without a sandbox takes", found.median(direct.name, "wall"), 60, " s", at_least=True),
        Goal("wall, ratio to no sandbox", found.ratio(inside.name, direct.name, "wall"), 1.05),
        Goal("wall with trace, ratio to no sandbox", found.ratio(traced.name, direct.name, "wall"), 1.60),
    ])


ALL = {"identical": identical, "packages": packages, "sandbox": sandbox}
