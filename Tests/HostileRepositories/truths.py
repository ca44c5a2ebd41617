"""What a repository says about itself: references, replacements, configuration, borrowed objects, half clones."""
import hashlib
import os
import shutil
from repositories import (DONE, GAP, HARMLESS, HONEST, MISSING, REFUSED, Repository, commit_body, git, object_id, work_tree)

KIND = "truth"
EVIL = HONEST | {b"src/a.c": ("100644", b"int evil;\n")}


def make(cases):
    honest(cases)
    replaced(cases)
    borrowed(cases)
    half(cases)
    references(cases)
    tags(cases)
    commits(cases)
    executed(cases)
    settings(cases)
    files(cases)
    modules(cases)


def honest(cases):
    """Cases that must give their root: a reader that refuses honest work is no use."""
    cases.repository("honest", "bare loose", DONE, "honest").honest()
    work_tree(cases.add("honest", "work tree", DONE, "honest"))
    place = work_tree(cases.add("honest", "packed by git", DONE, "honest"))
    git(place, "repack", "-q", "-a", "-d", "-f")
    git(place, "pack-refs", "--all")
    place = cases.add("honest", "deltas of twenty versions", DONE, "honest",
                      roots=[HONEST | {b"log": ("100644", b"".join(b"line %d\n" % line for line in range(2000)))}])
    work_tree(place)
    for version in range(1, 21):
        with open(os.path.join(place, "log"), "wb") as file:
            file.write(b"".join(b"line %d\n" % line for line in range(version * 100)))
        git(place, "add", "-A"), git(place, "commit", "-q", "-m", f"Version {version}")
    git(place, "repack", "-q", "-a", "-d", "-f", "--depth=50")
    place = work_tree(cases.add("honest", "linked work tree", DONE, "honest", path=os.path.join(cases.out, "linked")))
    git(place, "worktree", "add", "-q", "--detach", os.path.join(cases.out, "linked"))
    place = work_tree(cases.add("honest", "annotated tag", DONE, "honest", rev="v1.0"))
    git(place, "tag", "-a", "-m", "A tag", "v1.0")
    place = work_tree(cases.add("honest", "older revision", DONE, "honest", rev="HEAD~1"))
    os.remove(os.path.join(place, "run.sh")), git(place, "commit", "-q", "-a", "-m", "Less")
    odd = {b"caf\xe9": ("100644", b""), b"a b%/\xff\n": ("100755", b"x"), "\u00e9".encode(): ("120000", b"caf\xe9")}
    work_tree(cases.add("honest", "names that are not UTF-8", DONE, "honest", roots=[odd]), odd)
    place = cases.add("honest", "LFS pointer", DONE, "hashed as the pointer it is", roots=[LFS])
    work_tree(place, LFS)
    cases.repository("honest", "LFS pointer, almost", DONE, "a file that only looks like a pointer",
                     roots=[{b"a": ("100644", b"version https://git-lfs.github.com/spec/v1\nsize 1\n")}]).honest(
                         {b"a": ("100644", b"version https://git-lfs.github.com/spec/v1\nsize 1\n")})
    place = work_tree(cases.add("honest", "dirty work tree", DONE, "HEAD is what is asked for"))
    with open(os.path.join(place, "README.md"), "wb") as file:
        file.write(b"changed\n")
    attributes = HONEST | {b".gitattributes": ("100644", b"*.c text eol=crlf ident filter=x\n*.md export-ignore -diff\n")}
    work_tree(cases.add("honest", "attributes that change bytes", DONE, "blobs are hashed raw", roots=[attributes]), attributes)


LFS = {b"big.bin": ("100644", b"version https://git-lfs.github.com/spec/v1\noid sha256:" +
                    hashlib.sha256(b"big").hexdigest().encode() + b"\nsize 3\n")}


def replaced(cases):
    """refs/replace: git shows the replacement; the root must be the true one, or be refused."""
    for what in ("blob", "tree", "commit"):
        for packed in (False, True):
            repository = cases.repository(KIND, f"replaced {what}{' packed' if packed else ''}", [0, 1],
                                          "refs/replace: the true root, or a refusal")
            commit = repository.honest()
            evil = repository.files(EVIL)
            pair = {"blob": (object_id(b"blob", b"int a;\n"), repository.blob(b"int evil;\n")),
                    "tree": (repository.files(HONEST), evil),
                    "commit": (commit, repository.commit(evil))}[what]
            if packed:
                repository.put("packed-refs", b"# pack-refs with: peeled fully-peeled sorted \n%s refs/replace/%s\n"
                               % (pair[1].encode(), pair[0].encode()))
            else:
                repository.put(f"refs/replace/{pair[0]}", pair[1].encode() + b"\n")
    repository = cases.repository(KIND, "replaced by itself in a ring", [0, 1], "two replacements that name each other")
    repository.honest()
    one, two = object_id(b"blob", b"int a;\n"), repository.blob(b"int evil;\n")
    repository.put(f"refs/replace/{one}", two.encode() + b"\n"), repository.put(f"refs/replace/{two}", one.encode() + b"\n")


def borrowed(cases):
    """Alternates and common directories: objects that lie elsewhere."""
    store = Repository(os.path.join(cases.out, "store"))
    commit = store.honest()
    objects = os.path.join(store.path, "objects")
    for name, line, expect in (("absolute", objects, HARMLESS), ("relative", "../../store/objects", HARMLESS),
                               ("to nowhere", "/nowhere/objects", REFUSED), ("of itself", "../objects", REFUSED),
                               ("to a file", "../HEAD", REFUSED), ("to /dev/zero", "/dev/zero", REFUSED),
                               ("line of 100,000 bytes", "/" + "a" * 100_000, REFUSED)):
        repository = cases.repository(KIND, f"alternates {name}", expect, "the objects are said to lie elsewhere")
        repository.put("objects/info/alternates", os.fsencode(line) + b"\n")
        repository.head(commit)
        if expect == REFUSED:
            whole = cases.repository(KIND, f"alternates {name}, nothing needed", HARMLESS, "no object has to be borrowed")
            whole.honest(), whole.put("objects/info/alternates", os.fsencode(line) + b"\n")
    ring = [cases.repository(KIND, f"alternates in a ring {name}", REFUSED, "each borrows of the other") for name in "ab"]
    for here, there in (ring, ring[::-1]):
        here.put("objects/info/alternates", os.fsencode(os.path.join(there.path, "objects")) + b"\n"), here.head(commit)
    repository = cases.repository(KIND, "common directory elsewhere", HARMLESS, "commondir names another repository")
    repository.put("commondir", os.fsencode(store.path) + b"\n")
    repository = cases.repository(KIND, "common directory to nowhere", HARMLESS, "commondir names nothing")
    repository.honest(), repository.put("commondir", b"/nowhere\n")
    for name, line, expect in (("elsewhere", store.path, HARMLESS), ("to nowhere", "/nowhere", REFUSED), ("to itself", ".git", REFUSED),
                               ("empty", "", REFUSED)):
        place = cases.add(KIND, f"gitfile {name}", expect, "the .git file names another place")
        os.makedirs(place)
        with open(os.path.join(place, ".git"), "wb") as file:
            file.write(b"gitdir: " + os.fsencode(line) + b"\n")
    place = cases.add(KIND, "gitfile of a megabyte", REFUSED, "a .git file of nonsense")
    os.makedirs(place)
    with open(os.path.join(place, ".git"), "wb") as file:
        file.write(b"gitdir: " + b"a" * (1 << 20))


def half(cases):
    base = work_tree(os.path.join(cases.out, "origin"))
    for name in ("more", "and more"):
        with open(os.path.join(base, "notes"), "w") as file:
            file.write(name)
        git(base, "add", "-A"), git(base, "commit", "-q", "-m", name)
    entries = HONEST | {b"notes": ("100644", b"and more")}
    git(base, "repack", "-q", "-a", "-d")
    place = cases.add(KIND, "partial clone", MISSING, "git clone --filter=blob:none: the blobs are not here")
    git(base, "config", "uploadpack.allowFilter", "true")
    git(cases.out, "clone", "-q", "--template=", "--bare", "--filter=blob:none", "file://" + base, place)
    place = cases.add(KIND, "shallow clone", DONE, "history is cut; the tree is whole", roots=[entries])
    git(cases.out, "clone", "-q", "--template=", "--bare", "--depth=1", "file://" + base, place)
    place = cases.add(KIND, "grafts", DONE, "info/grafts changes history, not the tree", roots=[entries])
    shutil.copytree(os.path.join(base, ".git"), place), os.makedirs(os.path.join(place, "info"), exist_ok=True)
    with open(os.path.join(place, "info", "grafts"), "w") as file:
        file.write(git(base, "rev-parse", "HEAD") + "\n")
    for name, data in (("garbage", b"\0\1\2 garbage\n"), ("huge", b"0" * (4 << 20))):
        repository = cases.repository(KIND, f"shallow file {name}", HARMLESS, "a shallow file that is none")
        repository.honest(), repository.put("shallow", data)
    place = cases.add(KIND, "SHA-256 repository", MISSING, "git init --object-format=sha256: say so by name")
    os.makedirs(place)
    git(place, "init", "-q", "--template=", "--object-format=sha256"), git(place, "commit", "-q", "--allow-empty", "-m", "A commit")
    for name, text in (("future version", b"[core]\n\trepositoryformatversion = 99\n\tbare = true\n"), (
            "unknown extension", b"[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tsecret = true\n")):
        repository = cases.repository(KIND, name, HARMLESS, "a repository format this reader does not know")
        repository.honest(), repository.put("config", text)
    for name, file in (("multi-pack-index", "objects/pack/multi-pack-index"), ("commit graph", "objects/info/commit-graph"),
                       ("index", "index"), ("packs list", "objects/info/packs"), ("description", "description")):
        for what, data in (("garbage", b"garbage " * 100), ("empty", b""), ("magic only", {"i": b"DIRC", "m": b"MIDX"}.get(
                name[0], b"CGPH") + b"\xff" * 200)):
            repository = cases.repository(KIND, f"{name} {what}", HARMLESS, "a helper file that is garbage")
            repository.honest(), repository.put(file, data)


def references(cases):
    commit = None
    for name, head, expect in (
            ("garbage", b"\0\xff garbage", REFUSED), ("empty", b"", REFUSED), ("loop", b"ref: HEAD\n", REFUSED),
            ("unborn", b"ref: refs/heads/none\n", REFUSED), ("outside", b"ref: ../../../../etc/passwd\n", REFUSED),
            ("absolute", b"ref: /etc/passwd\n", REFUSED), ("of zeros", b"0" * 40 + b"\n", REFUSED),
            ("of a missing commit", b"1" * 40 + b"\n", REFUSED), ("of 39 digits", b"1" * 39 + b"\n", REFUSED),
            ("of a megabyte", b"ref: " + b"a" * (1 << 20) + b"\n", REFUSED), ("with escapes", b"ref: refs/heads/\x1b[31m\n", REFUSED)):
        repository = cases.repository(KIND, f"HEAD {name}", expect, "HEAD names no commit")
        commit = repository.honest()
        repository.put("HEAD", head)
    repository = cases.repository(KIND, "HEAD detached", DONE, "HEAD is a commit id")
    repository.put("HEAD", repository.honest().encode() + b"\n")
    repository = cases.repository(KIND, "symbolic references in a ring", REFUSED, "a to b to a")
    repository.honest()
    repository.put("HEAD", b"ref: refs/heads/a\n"), repository.put("refs/heads/a", b"ref: refs/heads/b\n")
    repository.put("refs/heads/b", b"ref: refs/heads/a\n")
    repository = cases.repository(KIND, "symbolic references 100 deep", REFUSED, "deeper than any reader follows")
    repository.honest()
    repository.put("HEAD", b"ref: refs/heads/s0\n")
    for step in range(100):
        repository.put(f"refs/heads/s{step}", b"ref: refs/heads/%s\n" % (b"main" if step == 99 else b"s%d" % (step + 1)))
    for name, data in (("garbage", b"garbage\n\0\xff\n"), ("cut", b"%s refs/he" % commit.encode()), ("peel line first", b"^" + b"1" * 40 + b"\n"),
                       ("of 4 MiB", b"1" * (4 << 20)), ("name outside", commit.encode() + b" refs/heads/../../../evil\n")):
        repository = cases.repository(KIND, f"packed-refs {name}", HARMLESS, "packed references that are garbage")
        repository.honest(), repository.put("packed-refs", data)
        repository = cases.repository(KIND, f"packed-refs {name}, needed", REFUSED, "the branch could only be in there")
        repository.honest(), repository.put("packed-refs", data), os.remove(os.path.join(repository.path, "refs/heads/main"))
    for name, rev in (("nothing", "no-such-thing"), ("an option", "--help"), ("a path", "../../etc/passwd"), ("a range", "HEAD..HEAD"),
                      ("a blob", "HEAD:README.md"), ("escapes", "\x1b[31m"), ("an empty text", "")):
        cases.repository(KIND, f"revision {name}", REFUSED, "no commit is meant", rev=rev or "@{-1}").honest()
    cases.repository(KIND, "revision of 100,000 bytes", REFUSED, "no commit is meant", rev="a" * 100_000).honest()


def tags(cases):
    def body(target, kind, name=b"v"):
        return b"object %s\ntype %s\ntag %s\ntagger A U Thor <a@example.com> 1700000000 +0000\n\nA tag\n" % (
            target.encode(), kind, name)
    repository = cases.repository(KIND, "tags 1,000 deep", HARMLESS, "a tag of a tag of a tag", rev="refs/tags/v")
    target, kind = repository.honest(), b"commit"
    for _ in range(1000):
        target, kind = repository.object(b"tag", body(target, kind)), b"tag"
    repository.put("refs/tags/v", target.encode() + b"\n")
    repository = cases.repository(KIND, "tags in a ring", REFUSED, "two tags under wrong ids", rev="refs/tags/v")
    repository.honest()
    for here, there in (("e1" * 20, "e2" * 20), ("e2" * 20, "e1" * 20)):
        made = body(there, b"tag")
        repository.raw(here, b"tag %d\0" % len(made) + made)
    repository.put("refs/tags/v", b"e1" * 20 + b"\n")
    for name, kind in (("blob", b"blob"), ("tree", b"tree"), ("blob that says commit", b"commit"), ("nothing", b"commit")):
        expect = HARMLESS if name == "tree" else REFUSED
        repository = cases.repository(KIND, f"tag of a {name}", expect, "a tag that peels to no commit", rev="refs/tags/v")
        repository.honest()
        target = {"tree": repository.files(HONEST), "nothing": "2" * 40}.get(name) or repository.blob(b"x\n")
        repository.put("refs/tags/v", repository.object(b"tag", body(target, kind)).encode() + b"\n")
    for name, data in (("garbage", b"garbage"), ("empty", b""), ("object line only", b"object " + b"1" * 40 + b"\n")):
        repository = cases.repository(KIND, f"tag of {name} bytes", REFUSED, "a malformed tag", rev="refs/tags/v")
        repository.honest()
        repository.put("refs/tags/v", repository.object(b"tag", data).encode() + b"\n")


def commits(cases):
    rest = b"author A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\n\nx\n"
    for name, make_body in (
            ("without a tree", lambda tree, evil: rest), ("with two trees", lambda tree, evil: b"tree %s\ntree %s\n" % (tree, evil) + rest),
            ("empty", lambda tree, evil: b""), ("cut", lambda tree, evil: b"tree " + tree[:20]),
            ("with a short tree id", lambda tree, evil: b"tree " + tree[:-1] + b"\n" + rest),
            ("with a tree id of letters", lambda tree, evil: b"tree " + b"z" * 40 + b"\n" + rest),
            ("with the tree after a parent", lambda tree, evil: b"parent %s\ntree %s\n" % (b"1" * 40, tree) + rest),
            ("of NUL bytes", lambda tree, evil: bytes(200)), ("without an author", lambda tree, evil: b"tree %s\n\nx\n" % tree)):
        expect = HARMLESS if "author" in name else REFUSED
        repository = cases.repository(KIND, f"commit {name}", expect, "a malformed commit")
        body = make_body(repository.files(HONEST).encode(), repository.files(EVIL).encode())
        repository.head(repository.object(b"commit", body))
    for name, extra in (("gpgsig noise", b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n noise\n -----END PGP SIGNATURE-----\n"),
                        ("tree line in the signature", b"gpgsig x\n tree " + b"1" * 40 + b"\n"),
                        ("unknown headers", b"odd header\nmergetag x\n y\n"), ("latin-1", b"encoding ISO-8859-1\n")):
        repository = cases.repository(KIND, f"commit with {name}", DONE, "odd and honest")
        repository.head(repository.commit(repository.files(HONEST), extra=extra, message=b"caf\xe9\x1b[31m\0x\n"))
    repository = cases.repository(KIND, "commit with 10,000 parents", HARMLESS, "parents do not matter to the tree")
    repository.head(repository.commit(repository.files(HONEST), parents=[f"{step:040x}" for step in range(1, 10_001)]))
    repository = cases.repository(KIND, "commit of 40 MB", HARMLESS, "a message nobody wrote")
    repository.head(repository.commit(repository.files(HONEST), message=b"a" * (40 << 20)))


def executed(cases):
    """Settings that make git run a program: the marker file must not exist afterwards."""
    def script(place, marker):
        with open(place, "w") as file:
            file.write(f"#!/bin/sh\ntouch '{marker}'\ncat\n")
        os.chmod(place, 0o755)
    attributes = HONEST | {b".gitattributes": ("100644", b"* filter=evil diff=evil merge=evil\n")}
    for name in ("fsmonitor", "hooks", "filter", "textconv", "ssh command", "alternates command", "editor and pager", "include"):
        marker = os.path.join(cases.out, "markers", name.replace(" ", "-"))
        place = work_tree(cases.add(KIND, f"config that runs {name}", DONE, "never execute what a repository names",
                                    roots=[attributes], marker=marker), attributes)
        tool = os.path.join(place, ".git", "evil.sh")
        script(tool, marker)
        hooks = os.path.join(place, ".git", "hooks")
        os.makedirs(hooks, exist_ok=True)
        for hook in ("post-checkout", "pre-commit", "post-index-change", "fsmonitor-watchman", "reference-transaction"):
            script(os.path.join(hooks, hook), marker)
        text = {"fsmonitor": f"[core]\n\tfsmonitor = {tool}\n", "hooks": f"[core]\n\thooksPath = {hooks}\n",
                "filter": f"[filter \"evil\"]\n\tclean = {tool}\n\tsmudge = {tool}\n\tprocess = {tool}\n\trequired = true\n",
                "textconv": f"[diff \"evil\"]\n\ttextconv = {tool}\n\tcommand = {tool}\n[merge \"evil\"]\n\tdriver = {tool}\n",
                "ssh command": f"[core]\n\tsshCommand = {tool}\n[credential]\n\thelper = {tool}\n[gpg]\n\tprogram = {tool}\n",
                "alternates command": f"[core]\n\talternateRefsCommand = {tool}\n",
                "editor and pager": f"[core]\n\teditor = {tool}\n\tpager = {tool}\n[alias]\n\tstatus = !{tool}\n",
                "include": "[include]\n\tpath = evil.inc\n"}[name]
        with open(os.path.join(place, ".git", "config"), "a") as file:
            file.write(text)
        with open(os.path.join(place, ".git", "evil.inc"), "w") as file:
            file.write(f"[core]\n\tfsmonitor = {tool}\n")


def settings(cases):
    """Files of .git that hide things from `git status` or lead elsewhere; HEAD's root is the same."""
    plain = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
    for name, text in (
            ("garbage", "\0\x01garbage[[["), ("empty", ""), ("of 8 MiB", plain + "[a]\n" + "\tb = c\n" * (1 << 20)),
            ("line of 4 MiB", plain + "[a]\n\tb = " + "c" * (4 << 20)), ("unclosed section", "[core"), ("include of itself",
             plain + "[include]\n\tpath = config\n"), ("include of an endless file", plain + "[include]\n\tpath = /dev/zero\n"),
            ("include of a FIFO", plain + "[include]\n\tpath = fifo\n"), ("work tree elsewhere", plain.replace("true", "false") +
             "\tworktree = /etc\n"), ("odd values", "[core]\n\trepositoryformatversion = 1e9\n\tbare = maybe\n\tfilemode = 7\n"),
            ("trust settings", plain + "\ttrustctime = false\n\tcheckStat = minimal\n\tignoreStat = true\n\tsymlinks = false\n"),
            ("quote depth", plain + "[" + "a." * 50_000 + "b]\n\tc = d\n")):
        repository = cases.repository(KIND, f"config {name}", HARMLESS, "the repository's settings are not ours")
        repository.honest(), repository.put("config", text.encode())
        os.mkfifo(os.path.join(repository.path, "fifo"))
    for name in ("info/attributes", "info/exclude"):
        place = work_tree(cases.add(KIND, name, DONE, "listed; the root is that of HEAD"))
        os.makedirs(os.path.join(place, ".git", "info"), exist_ok=True)
        with open(os.path.join(place, ".git", name), "w") as file:
            file.write("* text eol=crlf ident\n" if name == "info/attributes" else "*\n")
    for flag in ("skip-worktree", "assume-unchanged"):
        place = work_tree(cases.add(KIND, flag, DONE, "listed; the root is that of HEAD"))
        git(place, "update-index", f"--{flag}", "README.md")
    place = work_tree(cases.add(KIND, "config.worktree", HARMLESS, "a second configuration"))
    with open(os.path.join(place, ".git", "config"), "a") as file:
        file.write("[core]\n\trepositoryformatversion = 1\n[extensions]\n\tworktreeConfig = true\n")
    with open(os.path.join(place, ".git", "config.worktree"), "w") as file:
        file.write("[core]\n\tbare = false\n\tworktree = /etc\n")
    if os.geteuid() == 0:
        repository = cases.repository(KIND, "owned by someone else", HARMLESS, "refuse it by name, or read it and say so")
        repository.honest()
        for place, folders, names in os.walk(repository.path):
            for name in [place] + [os.path.join(place, name) for name in names]:
                os.chown(name, 65534, 65534)


def files(cases):
    """Files of the repository that are no plain files: nothing may wait or read for ever."""
    for name in ("HEAD", "config", "packed-refs", "refs/heads/main", "index", "objects/info/alternates", "info/grafts", "shallow",
                 "info/attributes", "info/exclude", "objects/pack/pack-1.idx", "objects/pack/multi-pack-index", "commondir",
                 "objects/info/commit-graph"):
        for what in ("a FIFO", "an endless file", "a directory"):
            needed = name in ("HEAD", "refs/heads/main")
            repository = cases.repository("special", f"{name} is {what}", REFUSED if needed else HARMLESS,
                                          "a file of the repository that is no plain file")
            repository.honest()
            place = os.path.join(repository.path, name)
            if os.path.lexists(place):
                os.remove(place)
            {"a FIFO": os.mkfifo, "a directory": os.mkdir, "an endless file": lambda to: os.symlink("/dev/zero", to)}[what](place)
            if name.endswith(".idx"):
                repository.put("objects/pack/pack-1.pack", b"PACK\0\0\0\2\0\0\0\0")
    for name in ("nothing here", "an empty directory", "a file", "objects missing"):
        place = cases.add("special", name, REFUSED, "no repository")
        if name == "an empty directory":
            os.makedirs(place)
        elif name == "a file":
            open(place, "w").close()
        elif name == "objects missing":
            shutil.rmtree(place, ignore_errors=True)
            Repository(place).honest()
            shutil.rmtree(os.path.join(place, "objects"))


def modules(cases):
    inner = {b"lib.c": ("100644", b"int lib;\n")}
    commit = object_id(b"commit", commit_body(Repository(os.path.join(cases.out, "scratch")).files(inner)))
    text = b"[submodule \"sub\"]\n\tpath = sub\n\turl = https://example.com/sub\n"

    def outer(name, expect, why, gitmodules, link=b"sub", roots=None):
        place = cases.add("submodule", name, expect, why)
        os.makedirs(place)
        repository = Repository(os.path.join(place, ".git"))
        repository.put("config", b"[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
        files = {b".gitmodules": ("100644", gitmodules), link: ("160000", commit.encode())}
        repository.honest(files)
        gap = files
        resolved = {b".gitmodules": files[b".gitmodules"]} | {link + b"/" + path: value for path, value in inner.items()}
        import seal
        cases.list[-1]["roots"] = [seal.root_of(made) for made in (roots(gap, resolved) if roots else [gap])]
        return repository

    def module(repository, name):
        made = Repository(os.path.join(repository.path, "modules", name))
        made.honest(inner)
        return made
    module(outer("resolved", DONE, "its objects are at .git/modules/sub", text, roots=lambda gap, resolved: [resolved]), "sub")
    outer("unresolved", GAP, "its objects are nowhere", text)
    outer("without .gitmodules entry", GAP, "nothing says where it is", b"")
    outer("garbage in .gitmodules", GAP + [1, 2], "nothing readable says where it is", b"[[[\0")
    either = lambda gap, resolved: [gap, resolved]
    for name in (b"../evil", b"../../evil", b"/tmp/evil", b"a/../../../evil"):
        evil = text.replace(b'"sub"', b'"' + name + b'"')
        repository = outer(f"name {name.decode()!r}", HARMLESS, "a name that leaves .git/modules: the gap, never its files", evil)
        Repository(os.path.join(os.path.dirname(repository.path), "evil")).honest(inner)
    twice = text + text.replace(b'"sub"', b'"other"')
    module(outer("two names for one path", HARMLESS, "which one is meant?", twice, roots=either), "other")
    repository = outer("module without the commit", HARMLESS, "its repository is there, the commit is not", text)
    module(repository, "sub")
    os.remove(os.path.join(repository.path, "modules/sub", Repository.loose(repository, commit)))
    repository = outer("module with a corrupt blob", REFUSED, "a submodule is judged as strictly", text)
    made = module(repository, "sub")
    made.raw(object_id(b"blob", b"int lib;\n"), b"blob 9\0int evil;")
    repository = outer("module that is a link", HARMLESS, "modules/sub is a symbolic link", text, roots=either)
    os.makedirs(os.path.join(repository.path, "modules"))
    os.symlink(os.path.join(cases.out, "scratch"), os.path.join(repository.path, "modules/sub"))
