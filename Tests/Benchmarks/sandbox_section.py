"""The section of the benchmark about builds: what the sandbox costs, with and without a trace."""

import json
import shlex
import shutil
from dataclasses import dataclass

import report
from measure import Contender, compare, warm
from rebuild import build_dependencies
from report import Goal
from sections import run, sealing_key
from toolchain import closure


@dataclass(frozen=True)
class Program:
    """A package of Debian's, how it is built, and what its build is like."""

    package: str
    commands: str
    output: str
    tools: str
    character: str
    has_goals: bool = False


# One that compiles for a minute and more, which the goals are about, and one whose configure script starts some
# thousand short processes and that is done in half a minute.
PROGRAMS = [
    Program("cppcheck", "make -s -j2 cppcheck >/dev/null 2>&1", "cppcheck", "g++, make", "compiles C++", has_goals=True),
    Program(
        "bash",
        "./configure --quiet --without-bash-malloc >/dev/null && make -s -j2 >/dev/null 2>&1",
        "bash",
        # As its configure script finds what else is installed, and make runs bison and autoconf.
        "gcc, libc6-dev, make, bison, autoconf, gettext, pkg-config",
        "configures for half of its time",
    ),
]


def definition(program, source, directory):
    """A build definition with the packages of this machine that the program is built with."""
    control = (source / "debian" / "control").read_text(errors="replace")
    content = {
        "format": "vitrine-build/v1",
        "commands": [["/bin/sh", "-c", program.commands]],
        "outputs": [program.output],
        "environment": {"PATH": "/usr/bin:/bin"},
        "toolchain": {"debianPackages": closure(f"{build_dependencies(control)}, {program.tools}")},
    }
    path = directory / f"{program.package}.json"
    path.write_text(json.dumps(content))
    return path


def contenders(bench, program):
    """The same commands without a sandbox, in one, and in one with a trace."""
    source = bench.corpus(f"program-{program.package}")
    key, _ = sealing_key(bench)
    out, made = bench.scratch / "evidence", bench.scratch / "made"
    release = ["--product", program.package, "--version", "1"]
    run(bench, "seal", source, "--directory", *release, "--key", key, "--out", out)
    file = definition(program, source, bench.scratch)

    def build(name, *more):
        evidence = out / program.package / "1"
        arguments = ["build", source, "--directory", "--definition", file, "--evidence", evidence]
        command = shlex.join([str(bench.vitrine), *map(str, [*arguments, "--key", key, "--out", made, *more])])
        # 3: built, and files were opened that the definition does not declare; on which machine, decides what is there.
        status = "case $? in 0|3) ;; *) exit 1 ;; esac"
        return Contender(name, f"{command}; {status}", is_peer=False, prepare=lambda: shutil.rmtree(made, True))

    plain = bench.scratch / "plain"

    def copy():
        shutil.rmtree(plain, ignore_errors=True)
        shutil.copytree(source, plain, symlinks=True)

    direct = Contender("without a sandbox", program.commands, plain, prepare=copy, is_peer=False)
    return source, [direct, build("vitrine build"), build("vitrine build --trace", "--trace")]


def sandbox(bench):
    for program in PROGRAMS:
        source, (direct, inside, traced) = contenders(bench, program)
        report.heading(f"Sandbox, {program.package}", f"A build that {program.character}: `{program.commands}`.")
        found = compare([direct, inside, traced], min(bench.runs, 3), lambda: warm(source), bench.say)
        report.comparison(found, direct.name)
        if not program.has_goals:
            continue
        report.goals([
            Goal("the build without a sandbox takes", found.median(direct.name, "wall"), 60, " s", at_least=True),
            Goal("wall, ratio to no sandbox", found.ratio(inside.name, direct.name, "wall"), 1.05),
            Goal("wall with trace, ratio to no sandbox", found.ratio(traced.name, direct.name, "wall"), 1.60),
        ])
