"""The installed packages that a source package is built with, with all that they need, in exact versions."""

import re
import subprocess


def installed():
    """Every installed package: name to (version, names of the packages it needs as lists of alternatives)."""
    form = "\\t".join(["${db:Status-Abbrev}", "${Package}", "${Version}", "${Pre-Depends}, ${Depends}", "${Provides}\\n"])
    listing = subprocess.run(["dpkg-query", "-W", "-f", form], check=True, capture_output=True, text=True).stdout
    packages, providers = {}, {}
    for line in listing.splitlines():
        status, name, version, depends, provides = line.split("\t")
        if not status.startswith("ii"):
            continue
        packages[name] = (version, alternatives(depends))
        for provided in re.findall(r"[a-z0-9][a-z0-9.+-]+", re.sub(r"\([^)]*\)", "", provides)):
            providers.setdefault(provided, []).append(name)
    return packages, providers


def alternatives(text):
    """`a (>= 1) | b, c:any` as [["a", "b"], ["c"]]."""
    groups = []
    for group in text.split(","):
        names = []
        for choice in group.split("|"):
            found = re.match(r"\s*([a-z0-9][a-z0-9.+-]+)", choice)
            if found:
                names.append(found.group(1))
        if names:
            groups.append(names)
    return groups


def closure(build_dependencies):
    """The packages of `build_dependencies`, the essential ones and build-essential, and all that they need."""
    packages, providers = installed()
    essential = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Essential} ${Package}\\n"], check=True, capture_output=True, text=True
    ).stdout
    groups = alternatives(build_dependencies) + [["build-essential"], ["fakeroot"], ["dpkg-dev"]]
    groups += [[line.split()[1]] for line in essential.splitlines() if line.startswith("yes ")]
    found = {}
    while groups:
        for name in groups.pop():
            for real in [name] if name in packages else providers.get(name, []):
                if real not in found:
                    version, needs = packages[real]
                    found[real] = version
                    groups += needs
    return [{"name": name, "version": found[name]} for name in sorted(found)]
