"""The trees and repositories that `bench.py` measures on.

Everything is built below one directory (VITRINE_BENCH_DIR) and kept there: a corpus that exists is used as it is. A
corpus is written under NAME.part and renamed when it is whole, so an interrupted run leaves nothing that looks finished.

    linux/             Debian's linux-source-6.1, unpacked
    linux-packed.git   the same tree as one commit in one pack
    linux-work.git     the same pack, with linux/ as its work tree (git-evtag wants one)
    linux-changed.git  the same pack, and a second commit (branch `changed`) that changes 100 files
    million/           1,000,000 generated small files in 10,101 directories
    million.git        the same tree as one commit in one pack
    big/               three files of 1 GiB that do not compress, one directory each
    big.git            the same three files as one commit in one pack

`build()` can also be run on its own: python3 corpora.py DIRECTORY [NAME ...]
"""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

LINUX_PACKAGE = "linux-source-6.1"
LINUX_ARCHIVE = Path("/usr/src") / f"{LINUX_PACKAGE}.tar.xz"
CHANGED_FILES = 100

# Sizes of the generated corpora, full and `--quick`.
FULL = {"million": 1_000_000, "big": (3, 1 << 30)}
QUICK = {"linux": 8_000, "million": 20_000, "big": (2, 64 << 20)}

IDENTITY = "Benchmark <benchmark@example.org> 1700000000 +0000"

# git as it is shipped: no user or system configuration, a fixed identity and date.
GIT_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Benchmark",
    "GIT_AUTHOR_EMAIL": "benchmark@example.org",
    "GIT_AUTHOR_DATE": "1700000000 +0000",
    "GIT_COMMITTER_NAME": "Benchmark",
    "GIT_COMMITTER_EMAIL": "benchmark@example.org",
    "GIT_COMMITTER_DATE": "1700000000 +0000",
}


class Unavailable(Exception):
    """A corpus that cannot be built here, with the reason."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def git(repository, *arguments, **options):
    environment = dict(os.environ, **GIT_ENVIRONMENT)
    command = ["git", f"--git-dir={repository}", *arguments]
    return subprocess.run(command, check=True, env=environment, **options)


def small_files(count, mean, seed):
    """Yields (path, bytes) in path order: 100 files a directory, 100 directories a directory above it.

    Sizes are log-normal (sigma 1.5) with the given mean; the bytes are hexadecimal text, which packs to about 56 %.
    """
    source = random.Random(seed)
    sigma = 1.5
    # The mean of a log-normal distribution is exp(mu + sigma^2 / 2).
    median = mean / 2.718281828459045 ** (sigma * sigma / 2)
    for number in range(count):
        size = min(max(int(median * source.lognormvariate(0, sigma)), 1), 1 << 20)
        content = source.randbytes(size // 2 + 1).hex().encode()[:size]
        yield f"d{number // 10_000:02d}/e{number // 100 % 100:02d}/f{number % 100:02d}.txt", content


def big_files(count, size, seed):
    """Yields (path, size, generator of chunks); the bytes do not compress."""
    source = random.Random(seed)
    chunk = 1 << 20
    for number in range(count):
        yield f"file{number}/data.bin", size, (source.randbytes(chunk) for _ in range(size // chunk))


def write_tree(directory, files):
    made = set()
    for path, content in files:
        parent = os.path.dirname(path)
        if parent not in made:
            os.makedirs(directory / parent, exist_ok=True)
            made.add(parent)
        with open(directory / path, "wb", buffering=0) as file:
            file.write(content)


def empty_repository(path):
    command = ["git", "init", "-q", "--bare", "-b", "main", str(path)]
    subprocess.run(command, check=True, env=dict(os.environ, **GIT_ENVIRONMENT))
    git(path, "config", "gc.auto", "0")


def import_commit(repository, branch, message, files, parent=None):
    """Streams one commit into one pack. `files` yields (path, size, chunks)."""
    command = ["git", f"--git-dir={repository}", "-c", "fastimport.unpackLimit=0", "-c", "core.compression=1"]
    command += ["fast-import", "--quiet", "--depth=0", "--done"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env=dict(os.environ, **GIT_ENVIRONMENT))
    out = process.stdin
    text = message.encode()
    out.write(b"commit refs/heads/%s\ncommitter %s\n" % (branch.encode(), IDENTITY.encode()))
    out.write(b"data %d\n%s\n" % (len(text), text))
    if parent:
        out.write(b"from refs/heads/%s\n" % parent.encode())
    for path, size, chunks in files:
        out.write(b"M 100644 inline %s\ndata %d\n" % (path.encode(), size))
        for chunk in chunks:
            out.write(chunk)
        out.write(b"\n")
    out.write(b"done\n")
    out.close()
    if process.wait() != 0:
        raise Unavailable(f"git fast-import failed with status {process.returncode}")
    tag(repository, branch)


def tag(repository, branch):
    """git-evtag wants an annotated tag."""
    git(repository, "tag", "-a", "-m", "benchmark", f"v-{branch}", branch)


# One function for each corpus. Each writes to `part`, which does not exist yet.


def linux_archive(scratch):
    """The path of Debian's kernel source archive, fetched without being installed if it has to be."""
    if LINUX_ARCHIVE.exists():
        return LINUX_ARCHIVE
    scratch.mkdir(parents=True, exist_ok=True)
    fetch = subprocess.run(["apt-get", "download", "-q", LINUX_PACKAGE], cwd=scratch, stdout=sys.stderr)
    packages = sorted(scratch.glob(f"{LINUX_PACKAGE}*.deb"))
    if fetch.returncode != 0 or not packages:
        raise Unavailable(f"{LINUX_PACKAGE} is not installed and apt-get cannot download it (run apt-get update first)")
    subprocess.run(["dpkg-deb", "-x", str(packages[-1]), str(scratch)], check=True)
    return scratch / LINUX_ARCHIVE.relative_to("/")


def build_linux(root, part, quick):
    if quick:
        write_tree(part, small_files(QUICK["linux"], 16_500, seed=61))
        return
    scratch = root / "linux-package.part"
    archive = linux_archive(scratch)
    part.mkdir()
    command = ["tar", "-C", str(part), "-I", "xz -T2 -d", "-xf", str(archive), "--strip-components=1"]
    subprocess.run(command, check=True)
    shutil.rmtree(scratch, ignore_errors=True)


def build_linux_packed(root, part, quick):
    empty_repository(part)
    tree = ["-c", "core.bare=false", "-c", "core.looseCompression=1", f"--work-tree={root / 'linux'}"]
    git(part, *tree, "add", "-A", "-f", ".")
    git(part, *tree, "commit", "-q", "-m", "Linux source")
    tag(part, "main")
    # One thread: the same pack every time, byte for byte.
    git(part, "-c", "pack.threads=1", "repack", "-adq")
    (part / "index").unlink()


def hard_linked_clone(base, part):
    command = ["git", "clone", "-q", "--bare", "--local", str(base), str(part)]
    subprocess.run(command, check=True, env=dict(os.environ, **GIT_ENVIRONMENT))


def build_linux_work(root, part, quick):
    hard_linked_clone(root / "linux-packed.git", part)
    git(part, "config", "core.bare", "false")
    git(part, "config", "core.worktree", str(root / "linux"))
    git(part, "read-tree", "HEAD")
    git(part, "update-index", "-q", "--refresh")


def build_linux_changed(root, part, quick):
    base = root / "linux-packed.git"
    hard_linked_clone(base, part)
    listing = git(base, "ls-tree", "-r", "-z", "main", stdout=subprocess.PIPE).stdout.split(b"\0")
    plain = [line.split(b"\t", 1)[1].decode() for line in listing if line.startswith(b"100644 ") and b'"' not in line]
    chosen = plain[:: len(plain) // CHANGED_FILES][:CHANGED_FILES]

    def files():
        for path in chosen:
            content = git(base, "cat-file", "blob", f"main:{path}", stdout=subprocess.PIPE).stdout + b"/* changed */\n"
            yield path, len(content), [content]

    import_commit(part, "changed", "Change 100 files", files(), parent="main")


def million(quick):
    return small_files((QUICK if quick else FULL)["million"], 1_850, seed=1_000_000)


def build_million(root, part, quick):
    write_tree(part, million(quick))


def build_million_packed(root, part, quick):
    empty_repository(part)
    import_commit(part, "main", "A million files", ((path, len(data), [data]) for path, data in million(quick)))


def build_big(root, part, quick):
    for path, _, chunks in big_files(*(QUICK if quick else FULL)["big"], seed=30):
        os.makedirs((part / path).parent)
        with open(part / path, "wb") as file:
            file.writelines(chunks)


def build_big_packed(root, part, quick):
    empty_repository(part)
    import_commit(part, "main", "Big files", big_files(*(QUICK if quick else FULL)["big"], seed=30))


# In the order in which they depend on each other.
BUILDERS = {
    "linux": build_linux,
    "linux-packed.git": build_linux_packed,
    "linux-work.git": build_linux_work,
    "linux-changed.git": build_linux_changed,
    "million": build_million,
    "million.git": build_million_packed,
    "big": build_big,
    "big.git": build_big_packed,
}
NEEDS = {
    "linux-packed.git": ["linux"],
    "linux-work.git": ["linux-packed.git"],
    "linux-changed.git": ["linux-packed.git"],
}


def build(root, name, quick=False):
    """Returns the path of corpus `name`, built first if it is not there."""
    for needed in NEEDS.get(name, []):
        build(root, needed, quick)
    path = root / name
    if path.exists():
        return path
    say(f"building {path} (once)")
    root.mkdir(parents=True, exist_ok=True)
    part = root / f"{name}.part"
    shutil.rmtree(part, ignore_errors=True)
    BUILDERS[name](root, part, quick)
    part.rename(path)
    return path


def facts(path):
    """(files, content bytes) of a tree, or (objects, pack bytes) of a repository."""
    if path.suffix == ".git":
        lines = git(path, "count-objects", "-v", stdout=subprocess.PIPE, text=True).stdout.splitlines()
        counts = dict(line.split(": ") for line in lines)
        return int(counts["in-pack"]) + int(counts["count"]), int(counts["size-pack"]) * 1024
    files = size = 0
    for directory, below, names in os.walk(path):
        for name in names + [name for name in below if os.path.islink(os.path.join(directory, name))]:
            files += 1
            size += os.lstat(os.path.join(directory, name)).st_size
    return files, size


def main():
    if len(sys.argv) < 2:
        raise SystemExit("usage: corpora.py DIRECTORY [NAME ...]")
    root = Path(sys.argv[1])
    for name in sys.argv[2:] or BUILDERS:
        path = build(root, name)
        count, size = facts(path)
        print(f"{path}: {count:,} {'objects' if path.suffix == '.git' else 'files'}, {size:,} bytes")


if __name__ == "__main__":
    main()
