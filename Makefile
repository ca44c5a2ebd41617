# Vitrine. `make demo` and `make test` need nothing but Debian 12, Swift 6.3 and make; see README.md.

.DEFAULT_GOAL := help
.PHONY: help setup build release demo test lint bench reproduce diverse rebuild-debian fuzz clean check-core

help:  ## show these lines
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup:  ## check what is needed; as root, install what is missing
	@bash .ci/install

build: setup  ## build everything for debugging
	swift build

release: setup  ## build vitrine and vitrine-verify for use
	@bash .ci/release

demo: release  ## seal this repository, verify it, alter one file, see the verdict fail
	@bash .ci/demo

test: setup  ## run every test
	@bash .ci/test

lint: setup  ## check the format and the rules of the repository
	@bash .ci/lint

check-core: setup  ## check that vitrine-verify needs no third-party package
	@bash .ci/dependencies

bench: release  ## measure beside other tools; takes an hour and 15 GB (BENCH="--quick" for minutes)
	python3 Tests/Benchmarks/bench.py $(BENCH)

reproduce: release  ## build vitrine and vitrine-verify in sandboxes and compare every byte
	python3 Tests/Reproduction/reproduce.py .build/release vitrine-verify
	python3 Tests/Reproduction/reproduce.py .build/release vitrine

diverse: release  ## compile tcc through gcc and through clang, and compare the second stages; needs both compilers
	python3 Tests/DiverseCompiling/tcc.py

rebuild-debian: release  ## rebuild packages of Debian and compare them (PACKAGES="hello sed"); needs root
	python3 Tests/DebianRebuilds/rebuild.py $(PACKAGES)

fuzz: setup  ## fuzz every parser, SECONDS_EACH seconds each (default 60)
	@bash .ci/fuzz $${SECONDS_EACH:-60}

clean:  ## remove what was built
	rm -rf .build
