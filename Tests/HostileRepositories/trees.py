"""Tree objects no honest git writes, paths that must be refused, and honest names that must not be."""
from repositories import DONE, GAP, HARMLESS, REFUSED

KIND = "tree"
FILE = b"100644"
GITLINK = "a" * 40


def make(cases):
    malformed(cases)
    names(cases)
    modes(cases)
    raw(cases)
    bombs(cases)


def case(cases, name, expect, why, entries, roots=()):
    """`entries`: (mode, name, target) with target "file", "other", "folder", "link" or an id."""
    repository = cases.repository(KIND, name, expect, why, roots=roots)
    file = repository.blob(b"x\n")
    known = {"file": file, "other": repository.blob(b"y\n"), "folder": repository.tree([(FILE, b"f", file)]),
             "link": repository.blob(b"target")}
    repository.head(repository.commit(repository.tree([(mode, title, known.get(target, target))
                                                       for mode, title, target in entries])))


def malformed(cases):
    order = "entries are not in git's order, each once"
    case(cases, "duplicate names", REFUSED, order, [(FILE, b"a", "file"), (FILE, b"a", "other")])
    case(cases, "duplicate names apart", REFUSED, order,
         [(FILE, b"a", "file"), (FILE, b"a-b", "file"), (b"40000", b"a", "folder")])
    case(cases, "unsorted", REFUSED, order, [(FILE, b"b", "file"), (FILE, b"a", "file")])
    case(cases, "folder sorted as a file", REFUSED, order, [(b"40000", b"a", "folder"), (FILE, b"a.b", "file")])
    case(cases, "file and folder of one name", REFUSED, order, [(FILE, b"a", "file"), (b"40000", b"a", "folder")])
    case(cases, "link and folder of one name", REFUSED, order, [(b"120000", b"a", "link"), (b"40000", b"a", "folder")])
    for mode, target, what in ((FILE, "file", "file"), (b"40000", "folder", "folder"), (b"120000", "link", "link")):
        for title in (b".", b"..", b"../../evil", b"/tmp/evil", b"a/b", b"a/", b"", b".git", b".GiT", b".GIT"):
            case(cases, f"{what} named {title.decode()!r}", REFUSED, "a name that leaves the tree or is git's own",
                 [(mode, title, target)])
    case(cases, "file named git~1", REFUSED, "the short name of .git on other systems", [(FILE, b"git~1", "file")])
    case(cases, "folder named GIT~1", REFUSED, "the short name of .git on other systems", [(b"40000", b"GIT~1", "folder")])
    case(cases, "file named .git with a zero-width letter", REFUSED, "HFS+ reads it as .git, and git fsck refuses it",
         [(FILE, ".g\u200cit".encode(), "file")])
    case(cases, "symbolic link .gitmodules", REFUSED, "CVE-2018-11235 and its kin", [(b"120000", b".gitmodules", "link")])
    case(cases, "name of 5,000 bytes", REFUSED, "longer than a path may be", [(FILE, b"n" * 5000, "file")])


def names(cases):
    """Names that are odd and honest: findings, never a refusal, and the root binds every byte of them."""
    for name, title in (("latin-1", b"caf\xe9"), ("newline", b"a\nb"), ("carriage return", b"a\r"), ("escape", b"a\x1b[31m"),
                        ("bidi", "a\u202eb".encode()), ("backslash", b"a\\b"), ("colon", b"a:b"), ("space", b" a "),
                        ("percent", b"%41"), ("delete", b"a\x7f"), ("overlong UTF-8", b"\xc0\xae\xc0\xae"),
                        ("three dots", b"..."), ("git ending", b"a.git"),
                        ("name of 4,096 bytes", b"n" * 4096), ("dash", b"--help")):
        case(cases, "name " + name, DONE, "a legal name in git", [(FILE, title, "file")],
             roots=[{title: ("100644", b"x\n")}])
    pair = sorted(["\u00e9".encode(), "e\u0301".encode()])
    for name, titles in (("case pair", [b"A", b"a"]), ("normalization pair", pair)):
        case(cases, name, DONE, "names that collide elsewhere, not here", [(FILE, title, "file") for title in titles],
             roots=[{title: ("100644", b"x\n") for title in titles}])
    case(cases, "file, folder and neighbour", DONE, "a, a-b and a/ in git's order",
         [(FILE, b"a-b", "file"), (FILE, b"a.b", "file"), (b"40000", b"a", "folder"), (FILE, b"a0", "file")],
         roots=[{path: ("100644", b"x\n") for path in (b"a-b", b"a.b", b"a/f", b"a0")}])


def modes(cases):
    why = "a mode git does not write: readers disagree about it"
    for mode in (b"0", b"10644", b"100664", b"0100644", b"104755", b"100600", b"100744", b"300644", b"1100644", b"00100644",
                 b"644", b"", b"10064x", b"-100644", b"4294967296", b"777777777777777777777777", b"100000", b"060000"):
        case(cases, f"mode {mode.decode()!r}", REFUSED, why, [(mode, b"a", "file")])
    for mode in (b"040000", b"40755", b"0040000", b"140000"):
        case(cases, f"folder mode {mode.decode()!r}", REFUSED, why, [(mode, b"a", "folder")])
    case(cases, "link mode 120777", REFUSED, why, [(b"120777", b"a", "link")])
    case(cases, "gitlink mode 160755", REFUSED, why, [(b"160755", b"a", GITLINK)])
    case(cases, "gitlink to nowhere", GAP, "a submodule whose objects are not here", [(b"160000", b"sub", GITLINK)],
         roots=[{b"sub": ("160000", GITLINK.encode())}])
    case(cases, "gitlink of zeros", HARMLESS, "the null id", [(b"160000", b"sub", "0" * 40)],
         roots=[{b"sub": ("160000", b"0" * 40)}])
    case(cases, "file of zeros", REFUSED, "the null id", [(FILE, b"a", "0" * 40)])


def raw(cases):
    """Tree bytes that are not a list of entries."""
    entry = FILE + b" a\0" + bytes(20)
    for name, body in (("short id", entry[:-1]), ("id of one byte", FILE + b" a\0\1"), ("no id", FILE + b" a\0"),
                       ("no NUL", FILE + b" abc"), ("no space", b"100644a\0" + bytes(20)), ("mode only", FILE),
                       ("one byte", b"1"), ("one NUL", b"\0"), ("trailing NUL", None), ("trailing entry cut", None),
                       ("text", b"tree contents\n" * 10), ("spaces", b" " * 64)):
        repository = cases.repository(KIND, f"bytes {name}", REFUSED, "tree bytes that are not entries")
        good = FILE + b" a\0" + bytes.fromhex(repository.blob(b"x\n"))
        body = {"trailing NUL": good + b"\0", "trailing entry cut": good + FILE + b" b"}.get(name, body)
        repository.head(repository.commit(repository.object(b"tree", body)))
    repository = cases.repository(KIND, "empty", DONE, "no files at all", roots=[{}])
    repository.head(repository.commit(repository.object(b"tree", b"")))
    repository = cases.repository(KIND, "empty folder", HARMLESS, "a folder git never records", roots=[{}])
    empty = repository.object(b"tree", b"")
    repository.head(repository.commit(repository.tree([(b"40000", b"a", empty)])))


def bombs(cases):
    for levels in (21, 30):
        repository = cases.repository(KIND, f"bomb of {levels} levels", REFUSED,
                                      f"{levels + 2} objects that are 2 to the {levels} files")
        this = repository.tree([(FILE, b"f", repository.blob(b"x\n"))])
        for _ in range(levels):
            this = repository.tree([(b"40000", b"a", this), (b"40000", b"b", this)])
        repository.head(repository.commit(this))
    repository = cases.repository(KIND, "wide bomb", REFUSED, "three levels of 1,000 names: 1,000,000,000 files")
    this = repository.blob(b"x\n")
    for level in range(3):
        mode = FILE if level == 0 else b"40000"
        this = repository.tree([(mode, b"%03d" % number, this) for number in range(1000)])
    repository.head(repository.commit(this))
    for levels, size, expect in ((2047, 1, DONE), (2048, 1, REFUSED), (4000, 1, REFUSED), (21, 200, REFUSED)):
        title = b"d" * size
        path = (title + b"/") * levels + b"f"
        roots = [{path: ("100644", b"x\n")}] if expect == DONE else ()
        repository = cases.repository(KIND, f"{levels} folders deep, {size} bytes each", expect,
                                      f"a path of {len(path)} bytes", roots=roots)
        this = repository.tree([(FILE, b"f", repository.blob(b"x\n"))])
        for _ in range(levels):
            this = repository.tree([(b"40000", title, this)])
        repository.head(repository.commit(this))
