"""The section of the benchmark about builds: what the sandbox costs, with and without a trace."""

import json
import shlex
import shutil

import report
from measure import Contender, compare, warm
from rebuild import build_dependencies
from report import Goal
from sections import run, sealing_key
from toolchain import closure

# A program whose build runs for a minute or more, with thousands of short processes in its configure script.
BUILT_PACKAGE = "bash"
BUILD_COMMANDS = "./configure --quiet --without-bash-malloc >/dev/null && make -s -j2 >/dev/null 2>&1"


def definition(source, directory):
    """A build definition with the packages of this machine that the program is built with."""
    # As its configure script finds what else is installed, and make runs bison and autoconf.
    control = (source / "debian" / "control").read_text(errors="replace")
    packages = closure(build_dependencies(control) + ", gcc, make, bison, autoconf, gettext, pkg-config")
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
    file = definition(source, bench.scratch)

    def copy():
        shutil.rmtree(plain, ignore_errors=True)
        shutil.copytree(source, plain, symlinks=True)

    def build(name, *more):
        arguments = ["build", source, "--directory", "--definition", file, "--evidence", out / "program" / "1"]
        arguments += ["--key", key, "--out", made, *more]
        command = shlex.join([str(bench.vitrine), *map(str, arguments)])
        # 3: built, and files were opened that the definition does not declare; on which machine, decides what is there.
        return Contender(name, f"{command}; case $? in 0|3) ;; *) exit 1 ;; esac", is_peer=False, prepare=lambda: shutil.rmtree(made, True))

    direct = Contender("without a sandbox", BUILD_COMMANDS, plain, prepare=copy, is_peer=False)
    inside, traced = build("vitrine build"), build("vitrine build --trace", "--trace")
    found = compare([direct, inside, traced], min(bench.runs, 3), lambda: warm(source), bench.say)
    report.comparison(found, direct.name)
    report.goals([
        Goal("the build without a sandbox takes", found.median(direct.name, "wall"), 60, " s", at_least=True),
        Goal("wall, ratio to no sandbox", found.ratio(inside.name, direct.name, "wall"), 1.05),
        Goal("wall with trace, ratio to no sandbox", found.ratio(traced.name, direct.name, "wall"), 1.60),
    ])

