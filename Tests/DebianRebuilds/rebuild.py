#!/usr/bin/env python3
"""Rebuilds packages of Debian from sealed source and compares them with what Debian ships.

    rebuild.py [--programs DIRECTORY] [--work DIRECTORY] SOURCE-PACKAGE ...

For each source package: its files are fetched and sealed with a fresh key; its build dependencies are installed (root is
needed for that); it is unpacked and rebuilt in the sandbox; every .deb is compared with the one in the archive. A table
is printed as Markdown. Files are kept in the work directory (default: a temporary one that is removed).

What is sealed is the source package as Debian has it, the .dsc file and its archives, and not the unpacked tree: builds
take times of files from the archives, and a manifest has none.

The status is 0 when every package could be looked at, whatever came of it, and 2 otherwise: many packages of a stable
release were built with other versions of their tools, and say so in their bytes.
"""

import argparse
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from archive import Archive, Unavailable, output
from toolchain import closure

BUILD = """set -e
mkdir /tmp/work && cd /tmp/work
dpkg-source --no-check -x /source/*.dsc source >/dev/null && cd source
dpkg-buildpackage --build=binary --unsigned-source --unsigned-changes --no-check-builddeps
cp ../*.deb /build/
"""
ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/tmp",
    # The packages' own tests are left out: they change no file of a package.
    "DEB_BUILD_OPTIONS": "nocheck parallel=2",
    # The sandbox has one user, so that giving files to another is refused with an error that fakeroot does not expect.
    "FAKEROOTDONTTRYCHOWN": "1",
}


class Rebuilds:
    """Where everything is: the program, the archive, the key of this run."""

    def __init__(self, programs, work):
        self.vitrine = str(programs / "vitrine")
        self.work = work
        self.archive = Archive(work / "archive")
        self.key = work / "release"
        self.run("key", "new", "--out", self.key, "--no-passphrase")

    def run(self, *arguments, statuses=(0,)):
        done = subprocess.run([self.vitrine, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode not in statuses:
            lines = done.stderr.strip().splitlines()
            raise Unavailable(f"vitrine {arguments[0]}: status {done.returncode}: {lines[-1] if lines else ''}")
        return done

    def rebuild(self, name):
        """One package: its source, and what the rebuild record says."""
        source = self.archive.source(name)
        place = self.work / "packages" / name
        place.mkdir(parents=True)
        tree, sealed = place / "unpacked", place / "source"
        output("dpkg-source", "--no-check", "-x", str(source.description), str(tree))
        shutil.copytree(source.description.parent, sealed)
        evidence = self.seal(source, sealed, place)
        shipped = self.shipped(source, place)
        self.archive.install_build_dependencies(source)
        definition = place / "definition.json"
        definition.write_text(json.dumps(self.definition(source, tree, shipped)))
        arguments = ["--source", sealed, "--directory", "--definition", definition, "--trust", f"{self.key}.pub.pem"]
        for file in shipped:
            arguments += ["--shipped", file]
        arguments += ["--out", place / "out", "--html", place / "report.html", "--json"]
        self.run("rebuild", evidence, *arguments, statuses=(0, 1, 3))
        return source, json.loads((place / "out" / "rebuild.json").read_text())["predicate"]

    def seal(self, source, sealed, place):
        out = place / "manifests"
        # A version may hold characters that a release name may not.
        version = source.version.replace(":", "_")
        arguments = ["--directory", "--product", source.name, "--version", version, "--key", f"{self.key}.key.pem"]
        self.run("seal", sealed, *arguments, "--out", out)
        return out / source.name / version

    def shipped(self, source, place):
        """Copies under the names that dpkg-buildpackage gives: the source's version, without an epoch."""
        directory = place / "shipped"
        directory.mkdir()
        files = []
        for file in self.archive.binaries(source):
            name, architecture = output("dpkg-deb", "-W", "--showformat", "${Package} ${Architecture}", str(file)).split()
            copy = directory / f"{name}_{source.version.rpartition(':')[2]}_{architecture}.deb"
            shutil.copyfile(file, copy)
            files.append(copy)
        return files

    def definition(self, source, tree, shipped):
        control = (tree / "debian" / "control").read_text(errors="replace")
        stamp = output("dpkg-parsechangelog", "-l", str(tree / "debian" / "changelog"), "-S", "Timestamp").strip()
        return {
            "format": "vitrine-build/v1",
            "commands": [["/bin/sh", "-c", BUILD]],
            "outputs": sorted(file.name for file in shipped),
            "environment": ENVIRONMENT,
            "toolchain": {"debianPackages": closure(build_dependencies(control))},
            "sourceDateEpoch": int(stamp),
        }


def build_dependencies(control):
    """The Build-Depends fields of the first stanza of a debian/control file, joined."""
    fields, current = collections.defaultdict(str), None
    for line in control.split("\n\n")[0].splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace():
            if current:
                fields[current] += line
        elif ":" in line:
            current, _, value = line.partition(":")
            fields[current] += value
    return ", ".join(fields[name] for name in fields if name.lower().startswith("build-depends"))


GRADES = ["different", "contents-identical", "identical-outside-signature", "identical"]


def row(source, record):
    """One line of the table: package, version, files, worst grade, causes, bytes reproduced, bytes unexplained."""
    artifacts = record["artifacts"]
    reproduced = sum(artifact["account"]["reproduced"] for artifact in artifacts)
    total = sum(sum(artifact["account"].values()) for artifact in artifacts)
    if record["result"] in ["not-rebuildable", "inconclusive"]:
        return [source.name, source.version, len(artifacts), record["result"], record["reason"] or "", "-", "-"]
    causes = collections.Counter()
    for artifact in artifacts:
        for difference in artifact["differences"]:
            causes[difference["cause"]] += 1
    listed = ", ".join(f"{cause} ({count})" for cause, count in causes.most_common())
    grade = min((artifact["grade"] for artifact in artifacts), key=GRADES.index)
    # Cut, not rounded: 100.00 % says that nothing else is there.
    share = f"{10_000 * reproduced // total / 100:.2f} % of {total:,}" if total else "nothing was shipped"
    return [source.name, source.version, len(artifacts), grade, listed, share, f"{total - reproduced:,}"]


def rebuild_all(programs, work, packages):
    rebuilds = Rebuilds(programs, work)
    print("| package | version | files | grade | causes (differences) | bytes reproduced | others |")
    print("|---|---|---|---|---|---|---|")
    counts = collections.Counter()
    for name in packages:
        print(f"rebuilding {name}", file=sys.stderr, flush=True)
        try:
            cells = row(*rebuilds.rebuild(name))
        except Unavailable as reason:
            cells = [name, "-", "-", "not looked at", str(reason), "-", "-"]
        counts[cells[3]] += 1
        print("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |", flush=True)
    print("\n" + ", ".join(f"{count} {grade}" for grade, count in counts.most_common()))
    return 2 if counts["not looked at"] else 0


def main():
    built = Path(__file__).resolve().parents[2] / ".build" / "release"
    parser = argparse.ArgumentParser(description="Rebuilds packages of Debian and compares them with what it ships.")
    parser.add_argument("packages", nargs="+", metavar="SOURCE-PACKAGE")
    parser.add_argument("--programs", type=Path, default=built, help="where vitrine is (default: .build/release)")
    parser.add_argument("--work", type=Path, help="keep everything in this directory, which must not be there")
    options = parser.parse_args()
    if options.work:
        options.work.mkdir()
        sys.exit(rebuild_all(options.programs.absolute(), options.work.absolute(), options.packages))
    with tempfile.TemporaryDirectory(prefix="vitrine-debian-", dir="/var/tmp") as work:
        sys.exit(rebuild_all(options.programs.absolute(), Path(work), options.packages))


if __name__ == "__main__":
    main()
