#!/usr/bin/env python3
"""The tampering matrix: one small sealed repository, one mutation at a time, and who notices.

  matrix.py VITRINE-BINARY            every row must alarm in Vitrine with its finding; exit status 1 when one does not
  matrix.py VITRINE-BINARY --peers    the same rows against the tools found on PATH, as a Markdown table
  matrix.py - --peers                 the peers alone
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

ENVIRONMENT = {
    "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "A U Thor", "GIT_AUTHOR_EMAIL": "author@example.com", "GIT_COMMITTER_NAME": "A U Thor",
    "GIT_COMMITTER_EMAIL": "author@example.com", "GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000"}
NFC, NFD = "caf\u00e9.txt", "cafe\u0301.txt"


def run(*arguments, place=None, **more):
    return subprocess.run(arguments, cwd=place, env=ENVIRONMENT, capture_output=True, stdin=subprocess.DEVNULL, **more)


def must(*arguments, place=None):
    result = run(*arguments, place=place)
    if result.returncode:
        raise SystemExit(f"{arguments}: {result.stderr.decode(errors='replace')}")
    return result.stdout.decode().strip()


def write(place, name, text):
    target = os.path.join(place, name)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "w") as file:
        file.write(text)


def make_repository(place):
    os.makedirs(place)
    must("git", "init", "-q", "-b", "main", "--template=", place=place)
    write(place, "README.md", "Lantern\n"), write(place, "src/a.c", "int a;\n"), write(place, "src/b.c", "int a;\n")
    write(place, "src/c.c", "int c;\n"), write(place, "run.sh", "#!/bin/sh\n"), write(place, NFC, "text\n")
    write(place, ".gitattributes", "*.md text\n"), write(place, ".github/workflows/ci.yml", "on: push\n")
    os.chmod(os.path.join(place, "run.sh"), 0o755)
    os.symlink("src/a.c", os.path.join(place, "latest"))
    must("git", "add", "-A", place=place), must("git", "commit", "-q", "-m", "A commit", place=place)
    must("git", "tag", "-a", "-m", "A release", "v1", place=place)


# ---- The mutations

def link(place, name, target):
    os.remove(os.path.join(place, name))
    os.symlink(target, os.path.join(place, name))


def edit(name, text):
    return lambda place: write(place, name, text)


def hidden_edit(flag):
    def mutate(place):
        must("git", "update-index", f"--{flag}", "README.md", place=place)
        write(place, "README.md", "Lantera\n")
    return mutate


def hidden_extra(place):
    write(place, ".git/info/exclude", "extra.c\n"), write(place, "extra.c", "int extra;\n")


def configured(name, value):
    """An edited file, in a repository whose own settings lead git away from it: `value` may name a clean copy."""
    def mutate(place):
        clean = place + "-clean"
        shutil.copytree(place, clean, symlinks=True)
        write(place, "src/a.c", "int a = 2;\n")
        must("git", "config", name, value.format(clean=clean), place=place)
    return mutate


def bare_layout(place):
    """An edited file beside what looks like a bare repository."""
    for name in os.listdir(os.path.join(place, ".git")):
        os.rename(os.path.join(place, ".git", name), os.path.join(place, name))
    os.rmdir(os.path.join(place, ".git"))
    os.remove(os.path.join(place, "index"))
    must("git", "config", "--file", os.path.join(place, "config"), "core.bare", "true")
    write(place, "src/a.c", "int a = 2;\n")


def linked_elsewhere(place):
    """An edited file in a linked work tree whose repository says that it stands elsewhere."""
    main, clean = place + "-main", place + "-clean"
    os.rename(place, main)
    must("git", "worktree", "add", "--detach", place, place=main)
    shutil.copytree(place, clean, symlinks=True)
    write(place, "src/a.c", "int a = 2;\n")
    name = os.listdir(os.path.join(main, ".git", "worktrees"))[0]
    write(main, f".git/worktrees/{name}/gitdir", os.path.join(clean, ".git") + "\n")


def copy_of_link(place):
    os.remove(os.path.join(place, "latest"))
    write(place, "latest", "int a;\n")


def replace_blob(place):
    write(place, ".git/evil", "int evil;\n")
    evil = must("git", "hash-object", "-w", ".git/evil", place=place)
    os.remove(os.path.join(place, ".git/evil"))
    must("git", "replace", must("git", "rev-parse", "HEAD:src/a.c", place=place), evil, place=place)


def same_size_same_time(place):
    """The edit `git status` misses with core.trustctime=false, which the repository itself may set."""
    must("git", "config", "core.trustctime", "false", place=place), must("git", "config", "core.checkStat", "minimal", place=place)
    target = os.path.join(place, "README.md")
    before = os.lstat(target)
    write(place, "README.md", "Lantera\n")
    os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))


PASS = None
EXPECTATIONS = [
    # mutation, how it is made, finding in the repository, finding in the directory; PASS: nobody may alarm
    ("nothing changed", lambda place: None, PASS, PASS),
    ("mtime changed only", lambda place: os.utime(os.path.join(place, "README.md"), (1, 1)), PASS, PASS),
    ("content changed", edit("README.md", "Lantern 2\n"), "content-differs", "content-differs"),
    ("content changed, same size, time set back", same_size_same_time, "content-differs", "content-differs"),
    ("file deleted", lambda place: os.remove(os.path.join(place, "src/c.c")), "missing", "missing"),
    ("name NFC to NFD", lambda place: os.rename(os.path.join(place, NFC), os.path.join(place, NFD)), "missing", "missing"),
    ("extra file", edit("extra.c", "int extra;\n"), "extra", "extra"),
    ("extra file hidden by .git/info/exclude", hidden_extra, "extra", "extra"),
    ("exec bit flipped", lambda place: os.chmod(os.path.join(place, "src/a.c"), 0o755), "mode-differs", "mode-differs"),
    ("setuid bit set (4777)", lambda place: os.chmod(os.path.join(place, "run.sh"), 0o4777), "set-id-bit", "set-id-bit"),
    ("symlink retargeted, other content", lambda place: link(place, "latest", "src/c.c"), "content-differs", "content-differs"),
    ("symlink retargeted, same content", lambda place: link(place, "latest", "src/b.c"), "content-differs", "content-differs"),
    ("symlink replaced by a copy", copy_of_link, "type-differs", "type-differs"),
    ("extra dangling symlink", lambda place: os.symlink("/etc/shadow", os.path.join(place, "s")), "extra", "extra"),
    ("empty directory added", lambda place: os.mkdir(os.path.join(place, "empty")), "empty-directory", "empty-directory"),
    (".gitattributes changed", edit(".gitattributes", "*.c filter=x\n"), "content-differs", "content-differs"),
    (".github/workflows changed", edit(".github/workflows/ci.yml", "on: pull\n"), "content-differs", "content-differs"),
    ("edit + skip-worktree", hidden_edit("skip-worktree"), "content-differs", "content-differs"),
    ("edit + assume-unchanged", hidden_edit("assume-unchanged"), "content-differs", "content-differs"),
    ("edit + core.worktree elsewhere", configured("core.worktree", "{clean}"), "other-work-tree", "content-differs"),
    ("edit + layout of a bare repository", bare_layout, "file-beside-repository", "content-differs"),
    ("edit + linked work tree elsewhere", linked_elsewhere, "other-work-tree", "content-differs"),
    ("edit + core.bare", configured("core.bare", "true"), "other-work-tree", "content-differs"),
    ("refs/replace swaps a blob", replace_blob, "replace-ref", PASS),
]


# ---- Vitrine

class Vitrine:
    def __init__(self, binary, place, repository):
        self.binary, self.key = binary, os.path.join(place, "release")
        must(binary, "key", "new", "--out", self.key, "--no-passphrase")
        must(binary, "seal", repository, "--product", "Lantern", "--version", "1.0", "--key", self.key + ".key.pem",
             "--out", os.path.join(place, "manifests"))
        self.evidence = os.path.join(place, "manifests", "Lantern", "1.0")

    def judge(self, repository, finding, *mode):
        """What is wrong with the verdict; None when it is as expected."""
        result = run(self.binary, "verify", self.evidence, "--source", repository, *mode, "--trust", self.key + ".pub.pem",
                     "--json")
        try:
            verdict = json.loads(result.stdout)
        except ValueError:
            return f"exit {result.returncode} and no JSON: {result.stderr[-200:]!r}"
        rules = [item["rule"] for item in verdict["findings"] if item["effect"] == "fails"]
        if finding is PASS:
            good = result.returncode == 0 and verdict["verdict"] == "passed" and not rules
        else:
            good = result.returncode == 1 and verdict["verdict"] == "failed" and finding in rules
        return None if good else f"exit {result.returncode}, {verdict['verdict']}, failing findings {rules}, not {finding or 'a pass'}"


# ---- The peers: each records the honest tree, then says whether the changed one alarms it

def sha256sum(place):
    must("sh", "-c", "find . -path ./.git -prune -o -type f -print0 | xargs -0 sha256sum > ../sums", place=place)
    return lambda: run("sha256sum", "-c", "../sums", place=place).returncode != 0


def git_status(place):
    return lambda: run("git", "status", "--porcelain", place=place).stdout != b""


def git_evtag(place):
    def line():
        return run("git-evtag", "sign", "--no-signature", "--print-only", "v1", place=place)
    before = line()

    def alarms():
        after = line()
        return after.returncode != 0 or after.stdout != before.stdout
    return alarms


def swh(place):
    before = must("swh", "identify", "--no-filename", "--exclude", ".git", place)
    return lambda: must("swh", "identify", "--no-filename", "--exclude", ".git", place) != before


def model_signing(*more):
    def peer(place):
        key, public, signature = (os.path.join(os.path.dirname(place), name) for name in ("k", "p", "model.sig"))
        must("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
        must("openssl", "pkey", "-in", key, "-pubout", "-out", public)
        # `.git` itself may change in these rows (its index, its settings): left out, as in every other column.
        options = ["--allow_symlinks", "--ignore-paths", os.path.join(place, ".git"), "--signature", signature, *more]
        must("model_signing", "sign", "key", place, "--private_key", key, *options)
        return lambda: run("model_signing", "verify", "key", place, "--public_key", public, *options).returncode != 0
    return peer


def in_toto(place):
    key = os.path.join(os.path.dirname(place), "k")
    must("openssl", "genpkey", "-algorithm", "ED25519", "-out", key)

    def materials():
        must("in-toto-run", "--step-name", "v", "--materials", ".", "--exclude", ".git/**", "--no-command", "--signing-key", key,
             "--metadata-directory", os.path.dirname(place), place=place)
        name = [name for name in os.listdir(os.path.dirname(place)) if name.endswith(".link")][0]
        with open(os.path.join(os.path.dirname(place), name)) as file:
            return json.load(file)["signed"]["materials"]
    before = materials()
    return lambda: materials() != before


def gemato(place):
    must("gemato", "create", "--hashes", "SHA256", place)
    return lambda: run("gemato", "verify", place).returncode != 0


PEERS = [("sha256sum -c", "sha256sum", sha256sum), ("in-toto", "in-toto-run", in_toto),
         ("model_signing", "model_signing", model_signing()),
         ("model_signing no-ignore-git", "model_signing", model_signing("--no-ignore-git-paths")),
         ("swh identify", "swh", swh), ("git status", "git", git_status), ("git-evtag", "git-evtag", git_evtag),
         ("gemato", "gemato", gemato)]


def peer_cell(peer, base, mutate):
    with tempfile.TemporaryDirectory() as where:
        place = os.path.join(where, "tree")
        shutil.copytree(base, place, symlinks=True)
        run("git", "update-index", "-q", "--refresh", place=place)
        try:
            alarms = peer(place)
        except SystemExit as error:
            return f"? {str(error)[-40:]!r}" if os.environ.get("MATRIX_DEBUG") else "?"
        mutate(place)
        try:
            return "yes" if alarms() else "**no**"
        except SystemExit:
            return "yes"


def main(binary, with_peers):
    faults = 0
    peers = [peer for peer in PEERS if with_peers and shutil.which(peer[1])]
    columns = (["Vitrine"] if binary != "-" else []) + [name for name, _, _ in peers]
    with tempfile.TemporaryDirectory() as where:
        base = os.path.join(where, "base")
        make_repository(base)
        vitrine = Vitrine(os.path.abspath(binary), where, base) if binary != "-" else None
        if with_peers:
            print("| mutation | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
        for number, (name, mutate, finding, finding_in_directory) in enumerate(EXPECTATIONS):
            row = []
            if vitrine:
                place = os.path.join(where, f"copy{number}")
                shutil.copytree(base, place, symlinks=True)
                mutate(place)
                found = {mode: fault for mode, fault in (
                    ("repository", vitrine.judge(place, finding)),
                    ("directory", vitrine.judge(place, finding_in_directory, "--directory"))) if fault}
                faults += len(found)
                row.append("WRONG" if found else "no" if finding is PASS else "yes")
                for mode, fault in found.items():
                    print(f"FAIL {name} ({mode}): {fault}", file=sys.stderr)
                if not with_peers:
                    print(f"{'FAIL' if found else 'ok  '} {name}")
            row += [peer_cell(peer, base, mutate) for _, _, peer in peers]
            if with_peers:
                cells = [cell.replace("**", "") if finding is PASS else cell for cell in row]
                print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    if vitrine:
        print(f"{len(EXPECTATIONS) * 2 - faults} passed, {faults} failed", file=sys.stderr if with_peers else sys.stdout)
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--peers"]):
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:] == ["--peers"]))
