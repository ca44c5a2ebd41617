#!/usr/bin/env python3
"""Measures Vitrine beside other tools on the same work. docs/benchmarks.md describes the method.

    bench.py [--only SECTION] [--runs N] [--quick] [--no-install] [--programs DIRECTORY]

Corpora are built once below $VITRINE_BENCH_DIR (default: ~/.cache/vitrine-bench) and need about 20 GB; `--quick` uses
small generated ones. Results go to standard output as Markdown, progress to standard error. The exit status is 1 where
Vitrine itself fails or is wrong; a goal that is missed is printed as missed.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

# Debian's sources are fetched as `make rebuild-debian` fetches them.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "DebianRebuilds"))

import corpora
import program_corpus  # registers its corpus
import report
import sandbox_section
import sections
from measure import CommandFailed
from peers import Peers


class Bench:
    """What every section needs: the programs, the corpora, the peers and how often to run."""

    def __init__(self, options, scratch):
        base = os.environ.get("VITRINE_BENCH_DIR") or Path.home() / ".cache" / "vitrine-bench"
        self.root = Path(base).absolute() / ("quick" if options.quick else "")
        self.root.mkdir(parents=True, exist_ok=True)
        self.quick = options.quick
        self.runs = options.runs
        self.scratch = scratch
        self.vitrine = options.programs / "vitrine"
        self.peers = Peers(Path(base).absolute(), options.install)

    def corpus(self, name):
        return corpora.build(self.root, name, self.quick)

    def say(self, text):
        corpora.say(f"  {text}")


SECTIONS = {**sections.ALL, "sandbox": sandbox_section.sandbox}


def parse():
    built = Path(__file__).resolve().parents[2] / ".build" / "release"
    parser = argparse.ArgumentParser(description="Measures Vitrine beside other tools.")
    parser.add_argument("--only", choices=SECTIONS, action="append", help="this section; may be given again")
    parser.add_argument("--runs", type=int, default=5, help="rounds after the warm-up (default: 5)")
    parser.add_argument("--quick", action="store_true", help="small corpora: a check of the benchmark, not a result")
    parser.add_argument("--no-install", dest="install", action="store_false", help="use the peers that are here")
    parser.add_argument("--programs", type=Path, default=built, help="where vitrine is (default: .build/release)")
    return parser.parse_args()


def main():
    options = parse()
    options.programs = options.programs.absolute()
    if not os.access(options.programs / "vitrine", os.X_OK):
        raise SystemExit(f"bench: {options.programs}/vitrine is not there; run `make release`")
    failed = False
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-", dir="/var/tmp") as scratch:
        bench = Bench(options, Path(scratch))
        print("# Benchmark" + (" (--quick: small corpora, the figures mean nothing)" if options.quick else "") + "\n")
        report.machine(bench.vitrine)
        for name in options.only or SECTIONS:
            corpora.say(f"section {name}")
            try:
                SECTIONS[name](bench)
            except corpora.Unavailable as reason:
                print(f"Section {name} left out: {reason}\n")
            except CommandFailed as failure:
                print(f"Section {name} **failed**: {failure}\n")
                failed = True
            sys.stdout.flush()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
