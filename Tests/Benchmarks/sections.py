"""The sections of the benchmark: which work is compared, and the goals it is held against."""

import base64
import json
import shlex
import shutil
import statistics
import subprocess

import builds
import corpora
import report
from measure import ENVIRONMENT, MEBIBYTE, CommandFailed, Contender, anonymous_peak, compare, warm
from report import Goal

OPENSSL = "xargs -P2 openssl dgst"
ARCHIVE = "git archive | openssl dgst"


def run(bench, *arguments):
    """Runs vitrine outside the measurement, and insists that it succeeds."""
    command = [str(bench.vitrine), *map(str, arguments)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=ENVIRONMENT)
    if done.returncode != 0:
        message = (done.stderr or done.stdout).decode(errors="replace").strip()[-300:]
        raise CommandFailed(f"vitrine {arguments[0]}: status {done.returncode}: {message}")
    return done.stdout.decode()


def vitrine(bench, name, *arguments, **options):
    command = "exec " + shlex.join([str(bench.vitrine), *map(str, arguments)])
    return Contender(name, command, is_peer=False, **options)


def openssl(tree, name=OPENSSL):
    command = "find . -type f -print0 | xargs -0 -n 400 -P2 openssl dgst -sha256 >/dev/null"
    return Contender(name, command, tree)


def archive(repository):
    return Contender(ARCHIVE, "git archive HEAD | openssl dgst -sha256", repository)


def same_root(bench, *sources):
    """The same content has the same root however it arrived. Each source is the arguments of `vitrine root`."""
    roots = {run(bench, "root", *source) for source in sources}
    if len(roots) != 1:
        raise CommandFailed(f"different roots for the same content: {sources}")
    print(f"Root {roots.pop().strip()}, the same from {len(sources)} sources.\n")


def directory_peers(bench, tree):
    peers = bench.peers
    found = [
        openssl(tree),
        Contender("xargs -P2 sha256sum", "find . -type f -print0 | xargs -0 -n 400 -P2 sha256sum >/dev/null", tree),
        Contender("tar | openssl dgst", "tar -cf - --sort=name . | openssl dgst -sha256", tree),
    ]
    if peers.has("nix-hash"):
        found.append(Contender("nix-hash", "exec nix-hash --type sha256 .", tree))
    if peers.has("b3sum"):
        found.append(Contender("b3sum (BLAKE3)", "find . -type f -print0 | xargs -0 -n 400 b3sum >/dev/null", tree))
    if peers.has("rhash"):
        found.append(Contender("rhash", "exec rhash --sha256 -r . >/dev/null", tree))
    if peers.has("swh"):
        found.append(Contender("swh identify", f"exec {peers.python_tool('swh')} identify .", tree))
    if peers.has("model_signing"):
        key = bench.scratch / "peer.pem"
        generate = ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(key)]
        subprocess.run(generate, check=True, capture_output=True)
        sign = f"{peers.python_tool('model_signing')} sign key --allow_symlinks --private_key {key}"
        found.append(Contender("model_signing", f"exec {sign} --signature {bench.scratch}/peer.sig .", tree))
    return found


def print_missing_peers(bench):
    for tool, reason in bench.peers.reasons.items():
        print(f"- left out: {tool}: {reason}")
    if bench.peers.reasons:
        print()


def directory(bench):
    tree = bench.corpus("linux")
    files, size = corpora.facts(tree)
    report.heading("Directory", f"{files:,} files, {size:,} bytes, in the page cache.")
    ours = vitrine(bench, "vitrine root", "root", tree, "--directory")
    found = compare([ours, *directory_peers(bench, tree)], bench.runs, lambda: warm(tree), bench.say)
    report.comparison(found, OPENSSL, {ours.name: anonymous_peak(ours)})
    print_missing_peers(bench)
    others = [found.ratio(ours.name, name, "cpu") for name in found.samples if name != ours.name]
    memory = (64 * MEBIBYTE + 150 * files) / MEBIBYTE
    report.goals([
        Goal(f"CPU, ratio to {OPENSSL}", found.ratio(ours.name, OPENSSL, "cpu"), 0.60),
        Goal(f"wall, ratio to {OPENSSL}", found.ratio(ours.name, OPENSSL, "wall"), 0.70),
        Goal("CPU, largest ratio to any peer here", max(others), 1.0),
        Goal("peak memory: 64 MiB plus 150 bytes a file", found.median(ours.name, "peak") / MEBIBYTE, memory, " MiB"),
    ])


def commit(bench):
    repository = bench.corpus("linux-packed.git")
    tree = bench.corpus("linux")
    objects, size = corpora.facts(repository)
    report.heading("Commit", f"One commit, {objects:,} objects in one pack of {size:,} bytes.")
    same_root(bench, [tree, "--directory"], [repository], [repository, "--rev", "v-main"])
    ours = vitrine(bench, "vitrine root", "root", repository)
    contenders = [
        ours,
        archive(repository),
        Contender("git archive | sha256sum", "git archive HEAD | sha256sum", repository),
        Contender("git fsck --full", "exec git fsck --full", repository),
    ]
    if bench.peers.has("git-evtag"):
        work = bench.corpus("linux-work.git")
        contenders.append(Contender("git-evtag", "exec git-evtag sign --no-signature --print-only v-main", work))
    found = compare(contenders, bench.runs, lambda: warm(repository), bench.say)
    memory = anonymous_peak(ours)
    report.comparison(found, ARCHIVE, {ours.name: memory})
    goals = [
        Goal(f"CPU, ratio to {ARCHIVE}", found.ratio(ours.name, ARCHIVE, "cpu"), 0.62),
        Goal("peak memory, pack mapping aside", memory / MEBIBYTE, 200, " MiB"),
        Goal(
            "both cores used: CPU seconds a second",
            statistics.median(sample.cpu / sample.wall for sample in found.samples[ours.name]),
            1.5,
            at_least=True,
        ),
    ]
    if "git-evtag" in found.samples:
        goals.append(Goal("CPU, ratio to git-evtag", found.ratio(ours.name, "git-evtag", "cpu"), 1 / 3))
    report.goals(goals)


def sealing_key(bench):
    key = bench.scratch / "release"
    if not key.with_suffix(".key.pem").exists():
        run(bench, "key", "new", "--out", key, "--no-passphrase")
    return key.with_suffix(".key.pem"), key.with_suffix(".pub.pem")


def incremental(bench):
    repository = bench.corpus("linux-changed.git")
    report.heading("Incremental", f"`seal --since` of a commit that changes {corpora.CHANGED_FILES} files.")
    key, _ = sealing_key(bench)
    old = bench.scratch / "old"
    run(bench, "seal", repository, "--rev", "main", "--product", "linux", "--version", "1", "--key", key, "--out", old)

    def seal(name, out, *more):
        arguments = ["seal", repository, "--rev", "changed", "--product", "linux", "--version", "2", "--key", key]
        return vitrine(bench, name, *arguments, "--out", out, *more, prepare=lambda: shutil.rmtree(out, True))

    outs = [bench.scratch / "since", bench.scratch / "full"]
    since = seal("seal --since", outs[0], "--since", old / "linux" / "1")
    full = seal("seal in full", outs[1])
    found = compare([since, full], bench.runs, lambda: warm(repository), bench.say)
    manifests = [(out / "linux" / "2" / "source.manifest").read_bytes() for out in outs]
    if manifests[0] != manifests[1]:
        raise CommandFailed("seal --since wrote another manifest than a full seal")
    print("The two manifests are equal byte for byte.\n")
    report.comparison(found, full.name, {since.name: anonymous_peak(since)})
    report.goals([Goal("CPU", found.median(since.name, "cpu"), 0.6, " s")])


def million(bench):
    tree, repository = bench.corpus("million"), bench.corpus("million.git")
    linux = bench.corpus("linux")
    files, size = corpora.facts(tree)
    report.heading("Many small files", f"{files:,} files, {size:,} bytes, as a directory and as one packed commit.")
    same_root(bench, [tree, "--directory"], [repository])
    yardstick = vitrine(bench, "vitrine root, Linux tree", "root", linux, "--directory")
    ours = vitrine(bench, "vitrine root, directory", "root", tree, "--directory")
    packed = vitrine(bench, "vitrine root, commit", "root", repository)
    contenders = [yardstick, ours, openssl(tree), packed, archive(repository)]
    found = compare(contenders, min(bench.runs, 3), lambda: warm(linux, tree, repository), bench.say)
    memory = {ours.name: anonymous_peak(ours), packed.name: anonymous_peak(packed)}
    report.comparison(found, OPENSSL, memory)
    growth = found.ratio(ours.name, yardstick.name, "cpu") * corpora.facts(linux)[0] / files
    report.goals([
        Goal("CPU a file, ratio to the Linux tree", growth, 1.15),
        Goal("peak memory, directory", found.median(ours.name, "peak") / MEBIBYTE, 400, " MiB"),
        Goal("peak memory, commit, pack mapping aside", memory[packed.name] / MEBIBYTE, 400, " MiB"),
    ])


def big(bench):
    tree, repository = bench.corpus("big"), bench.corpus("big.git")
    files, size = corpora.facts(tree)
    report.heading("Large files", f"{files} files of {size // files:,} bytes that do not compress.")
    same_root(bench, [tree, "--directory"], [repository])
    one = vitrine(bench, "vitrine root, one file", "root", tree / "file0", "--directory")
    alone = Contender("openssl dgst, one file", "exec openssl dgst -sha256 file0/data.bin", tree)
    ours = vitrine(bench, "vitrine root, all", "root", tree, "--directory")
    packed = vitrine(bench, "vitrine root, commit", "root", repository)
    contenders = [one, alone, ours, openssl(tree, "xargs -P2 openssl dgst, all"), packed, archive(repository)]
    found = compare(contenders, min(bench.runs, 3), lambda: warm(tree, repository), bench.say)
    memory = {contender.name: anonymous_peak(contender) for contender in (one, ours, packed)}
    report.comparison(found, alone.name, memory)
    report.goals([
        Goal("one file: CPU, ratio to openssl dgst", found.ratio(one.name, alone.name, "cpu"), 1.1),
        Goal("one file: peak memory", found.median(one.name, "peak") / MEBIBYTE, 64, " MiB"),
        Goal("all files: peak memory, the same as for one", found.median(ours.name, "peak") / MEBIBYTE, 64, " MiB"),
    ])


def disclosure(bench):
    tree = bench.corpus("million")
    files, _ = corpora.facts(tree)
    path = "d01/e37/f42.txt"
    report.heading("Disclosure", f"One file out of {files:,}, verified from its disclosure file.")
    key, public = sealing_key(bench)
    out, file = bench.scratch / "million", bench.scratch / "one.json"
    run(bench, "seal", tree, "--directory", "--product", "million", "--version", "1", "--key", key, "--out", out)
    run(bench, "disclose", out / "million" / "1", path, "--out", file)
    verify = vitrine(bench, "verify-disclosure", "verify-disclosure", file, "--trust", public)
    nothing = vitrine(bench, "vitrine --version", "--version")
    found = compare([verify, nothing], 10 * bench.runs, lambda: None, lambda text: None)
    report.comparison(found, nothing.name)
    [item] = json.loads(file.read_text())["items"]
    proof = sum(len(base64.b64decode(digest)) for digest in item["proof"])
    extra = (found.median(verify.name, "cpu") - found.median(nothing.name, "cpu")) * 1000
    report.goals([
        Goal("CPU beyond starting and ending the program", extra, 5, " ms"),
        Goal("inclusion proof", proof, 1024, " bytes"),
    ])
    print(f"The disclosure file has {file.stat().st_size:,} bytes, with the signed statement in it.\n")


ALL = {
    "directory": directory,
    "commit": commit,
    "incremental": incremental,
    "million": million,
    "big": big,
    "disclosure": disclosure,
    "comparison": builds.comparison,
}
