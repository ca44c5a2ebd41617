#!/usr/bin/env python3
"""Report pages in a real browser: `chromium.py SAMPLE-PAGES [DIRECTORY]`.

SAMPLE-PAGES is the built program that writes the sample pages; DIRECTORY keeps pages and pictures, a temporary one by
default. Every page is loaded light, dark and narrow, and printed: no message on the console, no request, no violated
policy, nothing wider than the window, letters that can be told from their ground. Pages that are known to be bad come
first: if the suite does not refuse them, it fails. Without a Chromium it is skipped, and says so.
"""
import os
import subprocess
import sys
import tempfile

import browser as chromium
import wellformed

# For each element with text of its own: the contrast of the text with its ground, WCAG 2.2 section 1.4.3.
CONTRAST = """
(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const known = new Map();
  const rgba = colour => {
    if (known.has(colour)) return known.get(colour);
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const value = Array.from(canvas.getImageData(0, 0, 1, 1).data);
    known.set(colour, value); return value;
  };
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const bad = []; let count = 0;
  for (const element of document.body.querySelectorAll('*')) {
    if (count > 20000) break;
    if (element.closest('svg')) continue;
    if (![...element.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    count += 1;
    let ground = null;
    for (let e = element; e && !ground; e = e.parentElement) {
      const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] === 255) ground = c;
    }
    const pair = [light(rgba(getComputedStyle(element).color)), light(ground || [255, 255, 255])].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < 4.5) bad.push(element.tagName + '.' + element.className + ' ' + ratio.toFixed(2));
  }
  return { count, bad: bad.slice(0, 10) };
})()
"""

# What keyboards need: every summary takes the focus, and opens and closes its details.
KEYBOARD = """
(() => {
  const bad = [];
  for (const summary of [...document.querySelectorAll('summary')].slice(0, 50)) {
    const parents = []; for (let e = summary.parentElement; e; e = e.parentElement) if (e.tagName === 'DETAILS') parents.push(e);
    const before = parents.map(e => e.open); parents.forEach(e => e.open = true);
    summary.focus();
    if (document.activeElement !== summary) bad.push(summary.textContent.slice(0, 80));
    summary.click(); if (parents[0].open) bad.push('does not close');
    parents.forEach((e, i) => e.open = before[i]);
  }
  document.activeElement.blur(); window.scrollTo(0, 0);
  return bad;
})()
"""

# Pages that are known to be bad, and a word of what must be said against each.
START = "<!DOCTYPE html><html lang=en><title>x</title>"
POLICY = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"
BAD_PAGES = [
    ("console error: deliberate", START + "<script>console.error('deliberate')</script>"),
    ("exception: Uncaught", START + "<script>throw new Error('deliberate')</script>"),
    ("inline style violates", START + POLICY + "<p style='color:red'>x"),
    ("inline script violates", START + POLICY + "<script>1</script>"),
    ("request: file:///", START + "<img src='missing.png' alt=''>"),
    ("3000 pixels wide", START + "<body style='margin:0'><div style='width:3000px'>x</div>"),
    ("contrast P. 1.92", START + "<p style='color:#bbb;background:#fff'>pale</p>"),
    ("keyboard: hidden", START + "<details open><summary style='visibility:hidden'>hidden</summary>x</details>"),
]


def problems(page, path, pictures=None):
    """What is wrong with a page, in every dress."""
    found = []
    for name, width, scheme in [("light", 1200, "light"), ("dark", 1200, "dark"), ("narrow", 400, "light")]:
        page.dress(width, scheme)
        page.open(path)
        found += ["%s: %s" % (name, each) for each in page.complaints()]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append("%s: %d pixels wide in a window of %d" % (name, wide, width))
        contrast = page.evaluate(CONTRAST)
        found += ["%s: contrast %s" % (name, each) for each in contrast["bad"]]
        if name == "light":
            found += ["keyboard: " + each for each in page.evaluate(KEYBOARD)]
        if pictures:
            page.screenshot("%s-%s.png" % (pictures, name))
    return found


def printed(page, path, pdf):
    """What is wrong with a page on paper: closed details must stand open."""
    page.dress(1200, "dark")
    page.open(path)
    page.print(pdf)
    page.call("Emulation.setEmulatedMedia", media="print")
    hidden = page.evaluate(
        "[...document.querySelectorAll('details')].filter(e => !e.lastElementChild.checkVisibility()).length")
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    ink = page.evaluate("getComputedStyle(document.documentElement).color")
    page.call("Emulation.setEmulatedMedia", media="")
    found = ["print: " + each for each in page.complaints()]
    if hidden:
        found.append("print: %d details stay closed" % hidden)
    if (ground, ink) != ("rgb(255, 255, 255)", "rgb(0, 0, 0)"):
        found.append("print: %s on %s" % (ink, ground))
    with open(pdf, "rb") as file:
        if not file.read(5) == b"%PDF-":
            found.append("print: no PDF")
    return found


def main(program, directory):
    path = chromium.find()
    if path is None:
        print("chromium: skipped, no Chromium is installed (Debian: chromium-headless-shell)")
        return 0
    subprocess.run([program, directory], check=True)
    failures = 0
    page = chromium.Browser(path)
    try:
        for reason, text in BAD_PAGES:
            bad = os.path.join(directory, "bad.html")
            with open(bad, "w") as file:
                file.write(text)
            found = problems(page, bad)
            if not any(reason in each for each in found):
                print("chromium: FAILED: a bad page was not refused with '%s' but: %s" % (reason, found))
                failures += 1
        with open(bad, "w") as file:
            file.write(START + "<body style='background:#eee'><details><summary>closed</summary><p>x</details>")
        if len(printed(page, bad, bad + ".pdf")) < 2:
            print("chromium: FAILED: a page that prints badly was not refused")
            failures += 1
        os.remove(bad + ".pdf")
        os.remove(os.path.join(directory, "bad.html"))
        samples = sorted(name[:-5] for name in os.listdir(directory) if name.endswith(".html"))
        if len(samples) < 5:
            print("chromium: FAILED: only %d sample pages" % len(samples))
            failures += 1
        for name in samples:
            base = os.path.join(directory, name)
            found = wellformed.problems(base + ".html") + problems(page, base + ".html", base)
            if name != "huge":
                found += printed(page, base + ".html", base + ".pdf")
            for each in found[:20]:
                print("chromium: FAILED: %s: %s" % (name, each))
            failures += len(found)
    finally:
        page.close()
    if failures == 0:
        print("chromium: %d pages clean, light, dark, narrow and printed; %d bad pages refused (%s)"
              % (len(samples), len(BAD_PAGES), os.path.basename(path)))
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    if len(sys.argv) == 3:
        os.makedirs(sys.argv[2], exist_ok=True)
        sys.exit(main(sys.argv[1], sys.argv[2]))
    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(main(sys.argv[1], temporary))
