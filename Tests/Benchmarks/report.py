"""The report: Markdown tables on standard output."""

import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

from measure import MEBIBYTE
from peers import version


@dataclass
class Goal:
    """A figure of this run beside its limit. Both are in the same unit; smaller is better unless `at_least`."""

    text: str
    found: float
    limit: float
    unit: str = ""
    at_least: bool = False

    @property
    def is_met(self):
        return self.found >= self.limit if self.at_least else self.found <= self.limit

    def row(self):
        sign = "≥" if self.at_least else "≤"
        outcome = "met" if self.is_met else "**missed**"
        return [self.text, f"{sign} {figure(self.limit)}{self.unit}", f"{figure(self.found)}{self.unit}", outcome]


def figure(value):
    """Three digits, and never an exponent."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |")
    print()


def machine(vitrine):
    text = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", text)
    instructions = "SHA-NI" if re.search(r"\bsha_ni\b", text) else "no SHA instructions"
    release = re.search(r'PRETTY_NAME="(.*)"', Path("/etc/os-release").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE
    print("## Machine\n")
    rows = [
        ["processor", f"{model.group(1) if model else 'unknown'}, {os.cpu_count()} cores, {instructions}"],
        ["memory", f"{memory:,} MiB"],
        ["system", f"{release.group(1) if release else 'unknown'}, kernel {platform.release()}"],
        ["load at the start", f"{os.getloadavg()[0]:.1f}"],
        ["vitrine", version([str(vitrine), "--version"])],
        ["swift", version(["swift", "--version"])],
        ["openssl", version(["openssl", "version"])],
        ["git", version(["git", "--version"])],
        ["libgit2", version(["pkg-config", "--modversion", "libgit2"])],
    ]
    table(["what", "here"], rows)


def heading(title, text):
    print(f"## {title}\n\n{text}\n")


def comparison(found, baseline, memory=None):
    """One row a contender, the cheapest first. `memory`: anonymous peaks by name, where they were taken."""
    memory = memory or {}
    rows = []
    for name in sorted(found.samples, key=lambda name: found.median(name, "cpu")):
        anonymous = f"{memory[name] / MEBIBYTE:.0f}" if name in memory else "–"
        rows.append([
            name,
            f"{found.median(name, 'cpu'):.3f}",
            f"{found.ratio(name, baseline, 'cpu'):.2f}",
            f"{found.median(name, 'wall'):.3f}",
            f"{found.ratio(name, baseline, 'wall'):.2f}",
            f"{found.median(name, 'peak') / MEBIBYTE:.0f}",
            anonymous,
        ])
    header = ["work", "CPU s", "× CPU", "wall s", "× wall", "peak MiB", "of it own MiB"]
    table(header, rows)
    print(f"× is the ratio to `{baseline}`, the median of the rounds' ratios.\n")
    for name, reason in found.left_out.items():
        print(f"- left out: {name}: {reason}")
    if found.left_out:
        print()


def goals(found):
    table(["goal", "limit", "here", ""], [goal.row() for goal in found])
