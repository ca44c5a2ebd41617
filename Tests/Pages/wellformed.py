#!/usr/bin/env python3
"""Whether pages are well-formed and self-contained: `wellformed.py FILE ...` prints what is wrong, and ends with 1."""
import html.parser
import re
import sys

VOID = {"meta"}
PERMITTED = set(
    "html head meta title style body header main section footer h1 h2 h3 p ul li dl dt dd table caption thead tbody tr "
    "th td details summary code pre span mark i u small div figure figcaption svg defs pattern rect path text".split())
ATTRIBUTES = set(
    "lang charset http-equiv content name class id scope colspan open dir tabindex role aria-label aria-labelledby "
    "aria-describedby aria-hidden x y width height fill d patternunits".split())
POLICY = re.compile(r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'")


class Checker(html.parser.HTMLParser):
    """Follows the tags of one page."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        # The open elements, and how many elements each of them has so far.
        self.open, self.children = [], []
        self.problems, self.ids, self.level, self.seen = [], set(), 0, {}

    def complain(self, words):
        self.problems.append("line %d: %s" % (self.getpos()[0], words))

    def handle_starttag(self, tag, attributes):
        # Parts of a drawing have titles too.
        name = "title of svg" if tag == "title" and "svg" in self.open else tag
        self.seen[name] = self.seen.get(name, 0) + 1
        if tag not in PERMITTED:
            self.complain("element %s" % tag)
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            self.complain("an attribute twice in %s" % tag)
        for name, value in attributes:
            if name not in ATTRIBUTES:
                self.complain("attribute %s of %s" % (name, tag))
            if name == "fill" and not re.fullmatch(r"none|url\(#fill-[a-z-]+\)", value or ""):
                self.complain("fill %s" % value)
            if name == "id":
                if value in self.ids:
                    self.complain("id %s twice" % value)
                self.ids.add(value)
            if any(not 0x20 <= ord(character) < 0x7F for character in value or ""):
                self.complain("attribute %s of %s is not printable ASCII" % (name, tag))
        given = dict(attributes)
        parent = self.open[-1] if self.open else ""
        if tag == "th" and given.get("scope") not in ("col", "row"):
            self.complain("th without scope")
        if parent == "table" and self.children[-1] == 0 and tag != "caption":
            self.complain("a table does not begin with its caption")
        if parent == "details" and (tag == "summary") != (self.children[-1] == 0):
            self.complain("details must begin with one summary")
        if re.fullmatch("h[1-6]", tag):
            if int(tag[1]) > self.level + 1:
                self.complain("%s after h%d" % (tag, self.level))
            self.level = int(tag[1])
        if given.get("http-equiv") == "Content-Security-Policy":
            self.seen["policy"] = self.seen.get("policy", 0) + 1
            if not POLICY.fullmatch(given.get("content", "")):
                self.complain("policy %s" % given.get("content"))
        if tag == "html" and given.get("lang") != "en":
            self.complain("no language")
        if self.open:
            self.children[-1] += 1
        if tag not in VOID:
            self.open.append(tag)
            self.children.append(0)

    def handle_startendtag(self, tag, attributes):
        self.complain("%s closes itself" % tag)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.complain("</%s> closes %s" % (tag, self.open[-1:] or "nothing"))
            return
        self.open.pop()
        self.children.pop()

    def handle_comment(self, data):
        self.complain("a comment")

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            if re.search(r"url\(|@import|expression|</|\\", data):
                self.complain("the style sheet refers to something")
            return
        # What hides or reorders: controls, bidirectional and zero-width characters, separators, surrogates.
        bad = re.search("[\0-\x08\x0b-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
                        "\u2800\u3164\ufe00-\ufe0f\ufeff\ufffc-\uffff\U000e0000-\U000fffff]", data)
        if bad:
            self.complain("the character U+%04X" % ord(bad.group()))


def problems(path):
    """What is wrong with the page at `path`."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return [str(error)]
    checker = Checker()
    if not text.startswith("<!DOCTYPE html>\n"):
        checker.problems.append("no document type")
    checker.feed(text)
    checker.close()
    if checker.open:
        checker.problems.append("still open: %s" % checker.open)
    for tag in ["html", "head", "title", "style", "body", "main", "h1", "policy"]:
        if checker.seen.get(tag) != 1:
            checker.problems.append("%s: %s times" % (tag, checker.seen.get(tag, 0)))
    if len(data) > 20_000_000:
        checker.problems.append("%d bytes" % len(data))
    return checker.problems


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    status = 0
    for name in sys.argv[1:]:
        for problem in problems(name)[:50]:
            print("%s: %s" % (name, problem))
            status = 1
    sys.exit(status)
