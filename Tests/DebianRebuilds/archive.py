"""Debian's archive through an apt configuration of our own: sources are fetched, and nothing of the system is changed.

Which archives there are is taken from the lists that apt has; `deb-src` for the same ones goes into a private directory.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path


class Unavailable(Exception):
    """Something that the archive does not give, with the reason."""


@dataclass
class Source:
    """A source package that was fetched."""

    name: str
    version: str
    description: Path  # the .dsc file


def output(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        raise Unavailable(f"{command[0]}: {lines[-1] if lines else 'status ' + str(done.returncode)}")
    return done.stdout


class Archive:
    """apt with private lists and caches below `directory`; the packages that are installed are the system's."""

    def __init__(self, directory):
        self.directory = directory
        for name in ["sources", "lists/partial", "cache/archives/partial", "fetched"]:
            (directory / name).mkdir(parents=True, exist_ok=True)
        targets = ["apt-get", "indextargets", "Created-By: Packages", "Origin: Debian", "--format"]
        stanzas = []
        for line in sorted(set(output(*targets, "$(REPO_URI)|$(RELEASE)|$(COMPONENT)").split())):
            address, suite, component = line.split("|")
            stanzas.append(
                f"Types: deb deb-src\nURIs: {address}\nSuites: {suite}\nComponents: {component}\n"
                "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
            )
        if not stanzas:
            raise Unavailable("apt has no lists of Debian's archive; run apt-get update first")
        (directory / "sources" / "debian.sources").write_text("\n".join(stanzas))
        (directory / "apt.conf").write_text(
            'Dir::Etc::sourcelist "/dev/null";\n'
            f'Dir::Etc::sourceparts "{directory}/sources";\n'
            f'Dir::State::lists "{directory}/lists";\n'
            f'Dir::Cache "{directory}/cache";\n'
        )
        # As root apt would read as a user who may not enter a private directory.
        user = ["-o", "APT::Sandbox::User=root"] if os.getuid() == 0 else []
        self.options = ["-qq", "-o", "Acquire::Retries=2", *user]
        self.environment = dict(
            os.environ, APT_CONFIG=str(directory / "apt.conf"), DEBIAN_FRONTEND="noninteractive", LC_ALL="C"
        )
        self.apt("update")

    def apt(self, *arguments, cwd=None):
        return output("apt-get", *self.options, *arguments, env=self.environment, cwd=cwd)

    def source(self, name):
        """Fetches the newest source package of that name."""
        directory = self.directory / "fetched" / name
        directory.mkdir(exist_ok=True)
        self.apt("source", "--only-source", "--download-only", name, cwd=directory)
        found = sorted(directory.glob("*.dsc"))
        if len(found) != 1:
            raise Unavailable(f"{len(found)} descriptions of {name} were fetched")
        version = re.search(r"^Version: (\S+)$", found[0].read_text(errors="replace"), re.MULTILINE)
        return Source(name, version.group(1), found[0])

    def binaries(self, source):
        """Fetches the packages that Debian ships from exactly this source, for this machine or for all."""
        directory = self.directory / "shipped" / source.name
        directory.mkdir(parents=True, exist_ok=True)
        shown = output("apt-cache", "showsrc", "--only-source", source.name, env=self.environment)
        names = set()
        for stanza in shown.split("\n\n"):
            if f"\nVersion: {source.version}\n" not in f"\n{stanza}\n":
                continue
            for line in re.findall(r"^ (\S+) deb ", stanza, re.MULTILINE):
                names.add(line)
        fetched = []
        for name in sorted(names):
            try:
                self.apt("download", name, cwd=directory)
            except Unavailable:
                continue  # Not built for this architecture.
        for file in sorted(directory.glob("*.deb")):
            # A package that was only built again has a version of its own, `+b1`, and this as its source's.
            form = "${Package} ${source:Version}"
            if output("dpkg-deb", "--show", "--showformat", form, str(file)).split()[1] == source.version:
                fetched.append(file)
        if not fetched:
            raise Unavailable(f"Debian ships no package of {source.name} {source.version} for this machine")
        return fetched

    def install_build_dependencies(self, source):
        """Installs what the source package builds with; this is the one thing that changes the system."""
        self.apt("build-dep", "-y", "--no-install-recommends", str(source.description))
