#!/usr/bin/env python3
"""Builds a release of Vitrine in sandboxes, at different paths and times, and insists that every byte is the same.

    reproduce.py PROGRAMS [PRODUCT] [--rev REVISION] [--keep DIRECTORY]

PROGRAMS holds the `vitrine` that builds. PRODUCT is `vitrine-verify`, which needs nothing but Swift and Debian packages,
or `vitrine`, whose one dependency is given to the sandbox as a directory. The commit (HEAD) is sealed with a fresh key,
built by `vitrine build`, and rebuilt by `vitrine rebuild --vary` with what the first build gave as what was shipped: once
as it was, then at another path, under another host name, user, locale and more.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "DebianRebuilds"))
from toolchain import closure  # noqa: E402

# What a release of Vitrine is built with, beside Swift; the packages these need come along. Swift's own programs use some
# of them, and SwiftPM starts git and reads the .pc files of every library that Package.swift names.
PACKAGES = (
    "gcc, g++, libstdc++-12-dev, libc6-dev, binutils, bash, coreutils, pkg-config, git, "
    "libssl-dev, zlib1g-dev, libgit2-dev, libdeflate-dev, libarchive-dev, "
    "libcurl4, libxml2, libsqlite3-0, libncurses6"
)


class Failed(Exception):
    pass


def run(*command, statuses=(0,), **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode not in statuses:
        raise Failed(f"{command[0]} {command[1]}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def swift_toolchain(vitrine):
    """The directory that the Swift in PATH was unpacked to, and its tree root; nothing where that is the system itself."""
    program = Path(shutil.which("swift")).resolve()
    # As it is unpacked, the program is usr/bin/swift.
    directory = program.parents[2] if program.parents[1].name == "usr" else program.parents[1]
    if directory == Path("/"):
        return program.parent, []
    root = run(vitrine, "root", directory, "--directory").strip()
    return program.parent, [{"path": str(directory), "treeRoot": root}]


def dependencies(vitrine, directory):
    """Copies of the repositories that Package.swift names, as `host/owner/name`, and their tree root."""
    for address in re.findall(r'\.package\(url: "(https://[^"]+)"', (ROOT / "Package.swift").read_text()):
        name = address.removeprefix("https://")
        found = sorted((ROOT / ".build" / "repositories").glob(f"{Path(name).stem}-*"))
        if not found:
            raise Failed(f"{name} was not fetched; run `swift package resolve` first")
        run("git", "clone", "-q", "--bare", "--no-hardlinks", found[0], directory / name)
    return {"path": str(directory), "treeRoot": run(vitrine, "root", directory, "--directory").strip()}


def definition(vitrine, product, scratch):
    programs, directories = swift_toolchain(vitrine)
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": "/tmp"}
    script = f"cp \"$(bash .ci/release {product})\" {product}.built && mv {product}.built {product}"
    if product == "vitrine-verify":
        environment["VITRINE_SWIFT_FLAGS"] = "--disable-default-traits"
    else:
        fetched = scratch / "dependencies"
        fetched.mkdir()
        directories.append(dependencies(vitrine, fetched))
        script = (
            "git config --global safe.directory '*' && "
            f"git config --global url.file://{fetched}/.insteadOf https:// && {script}"
        )
    return {
        "format": "vitrine-build/v1",
        "commands": [["/bin/bash", "-c", script]],
        "outputs": [product],
        "environment": environment,
        "toolchain": {"debianPackages": closure(PACKAGES), "directories": directories},
    }


def reproduce(programs, product, revision, scratch):
    vitrine = programs / "vitrine"
    key = scratch / "release"
    run(vitrine, "key", "new", "--out", key, "--no-passphrase")
    file = scratch / "definition.json"
    file.write_text(json.dumps(definition(vitrine, product, scratch), indent=2))
    # The name may come to mean another commit while this runs.
    commit = run("git", "-c", "safe.directory=*", "-C", ROOT, "rev-parse", f"{revision}^{{commit}}").strip()
    source = [ROOT, "--rev", commit]
    signing = ["--key", f"{key}.key.pem"]
    run(vitrine, "seal", *source, "--product", product, "--version", "0", *signing, "--out", scratch / "manifests")
    evidence = scratch / "manifests" / product / "0"
    built, rebuilt = scratch / "built", scratch / "rebuilt"
    run(vitrine, "build", *source, "--definition", file, "--evidence", evidence, *signing, "--out", built)
    shipped = built / "outputs" / product
    print(f"{product}: built, {shipped.stat().st_size:,} bytes", flush=True)
    arguments = ["--definition", file, "--shipped", shipped, "--trust", f"{key}.pub.pem", "--out", rebuilt, "--vary"]
    print(run(vitrine, "rebuild", evidence, "--source", *source, *arguments), end="")
    if shipped.read_bytes() != (rebuilt / "outputs" / product).read_bytes():
        raise Failed(f"{product}: vitrine rebuild passed two builds that differ")
    print(f"{product}: every build gave the same bytes")


def main():
    parser = argparse.ArgumentParser(description="Builds a release in sandboxes and compares the bytes.")
    parser.add_argument("programs", type=Path)
    parser.add_argument("product", nargs="?", choices=["vitrine-verify", "vitrine"], default="vitrine-verify")
    parser.add_argument("--rev", default="HEAD")
    parser.add_argument("--keep", type=Path, help="keep everything in this directory, which must not be there")
    options = parser.parse_args()
    try:
        if options.keep:
            options.keep.mkdir()
            reproduce(options.programs.absolute(), options.product, options.rev, options.keep.absolute())
        else:
            with tempfile.TemporaryDirectory(prefix="vitrine-reproduce-", dir="/var/tmp") as scratch:
                # The user that root's builds run as has to get to what is declared in it.
                Path(scratch).chmod(0o711)
                reproduce(options.programs.absolute(), options.product, options.rev, Path(scratch))
    except Failed as reason:
        sys.exit(f"reproduce: {reason}")


if __name__ == "__main__":
    main()
