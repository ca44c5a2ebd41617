#!/usr/bin/env python3
"""Writes hostile and honest git repositories, always the same ones, and an index of what a reader must do with them.

  make.py OUT-DIR      OUT-DIR must not exist; index.json lists name, kind, path, rev, expect, roots, marker, why

`expect`: the exit statuses allowed for `vitrine root PATH [--rev REV]`. `roots`: the only roots allowed with status 0.
`marker`: a file that must not exist afterwards. A tree that holds itself cannot be made without breaking SHA-1, nor a name
with a NUL byte; what stands for the first is stored under a wrong id.
"""
import json
import os
import sys
sys.dont_write_bytecode = True
from repositories import Cases
import costs
import loose
import packs
import trees
import truths


def main(out):
    if os.path.exists(out):
        raise SystemExit(f"{out} exists")
    os.umask(0o022)
    os.makedirs(os.path.join(out, "markers"))
    cases = Cases(out)
    for family in (truths, trees, packs, loose, costs):
        family.make(cases)
    with open(os.path.join(out, "index.json"), "w") as file:
        json.dump(cases.list, file, indent=1)
    print(f"{len(cases.list)} cases")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(os.path.abspath(sys.argv[1]))
