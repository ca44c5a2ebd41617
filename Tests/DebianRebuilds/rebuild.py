#!/usr/bin/env python3
"""Rebuilds packages of Debian from sealed source and compares them with what Debian ships.

    rebuild.py [--programs DIRECTORY] [--work DIRECTORY] SOURCE-PACKAGE ...

For each source package: its source is fetched, unpacked, and sealed with a fresh key; its build dependencies are
installed (root is needed for that); it is rebuilt in the sandbox; every .deb is compared with the one in the archive. A
table is printed as Markdown. Files are kept in the work directory (default: a temporary one that is removed).

The status is 0 when every package could be looked at, whatever came of it: most packages of a stable release were built
with other versions of their tools, and say so in their bytes.
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

# dpkg-buildpackage writes beside the source, so the source is copied to where something lies beside it.
BUILD = """set -e
mkdir /tmp/work && cp -a /build /tmp/work/source && cd /tmp/work/source
dpkg-buildpackage --build=binary --unsigned-source --unsigned-changes --no-check-builddeps --rules-requires-root
cp ../*.deb /build/
"""
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/tmp", "DEB_BUILD_OPTIONS": "nocheck parallel=2"}


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
        """One package: the JSON that `vitrine rebuild` prints."""
        source = self.archive.source(name)
        place = self.work / "packages" / name
        place.mkdir(parents=True)
        tree = place / "source"
        output("dpkg-source", "--no-check", "-x", str(source.description), str(tree))
        evidence = self.seal(source, tree, place)
        shipped = self.shipped(source, place)
        self.archive.install_build_dependencies(source)
        definition = place / "definition.json"
        definition.write_text(json.dumps(self.definition(source, tree, shipped)))
        arguments = ["--source", tree, "--directory", "--definition", definition, "--trust", f"{self.key}.pub.pem"]
        for file in shipped:
            arguments += ["--shipped", file]
        arguments += ["--out", place / "out", "--html", place / "report.html", "--json"]
        done = self.run("rebuild", evidence, *arguments, statuses=(0, 1, 3))
        return source, json.loads(done.stdout)

    def seal(self, source, tree, place):
        out = place / "manifests"
        # A version may hold characters that a release name may not.
        version = source.version.replace(":", "_")
        arguments = ["--directory", "--product", source.name, "--version", version, "--key", f"{self.key}.key.pem"]
        self.run("seal", tree, *arguments, "--out", out)
        return out / source.name / version

    def shipped(self, source, place):
        """Copies under the names that dpkg-buildpackage gives: without the epoch, which the archive's names have."""
        directory = place / "shipped"
        directory.mkdir()
        files = []
        for file in self.archive.binaries(source):
            name, version, architecture = file.stem.split("_")
            without_epoch = version.partition("%3a")[2] or version
            copy = directory / f"{name}_{without_epoch}_{architecture}.deb"
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
