"""Runs commands in turn and measures them: processor time, wall time and memory of everything a command starts."""

import os
import statistics
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

MEBIBYTE = 1 << 20


@dataclass
class Contender:
    """One command in a comparison. `command` goes to /bin/sh, so that a pipeline is measured as a whole."""

    name: str
    command: str
    directory: Path = Path("/")
    # Run before every measurement, and not measured.
    prepare: Optional[Callable[[], None]] = None
    # What Vitrine itself cannot do fails the benchmark; a peer that fails is left out, and the report says why.
    is_peer: bool = True


@dataclass
class Sample:
    cpu: float  # seconds, user + system, of the command and of everything it started and waited for
    wall: float  # seconds
    peak: int  # bytes resident, of the largest single process; shared file mappings count
    output: bytes  # the beginning of what it printed


class CommandFailed(Exception):
    pass


ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
ENVIRONMENT.update(LC_ALL="C", GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1")


def start(contender, output):
    # `exec` where the command is a single one, so that no shell stands between.
    return subprocess.Popen(
        ["/bin/sh", "-c", contender.command],
        cwd=contender.directory,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=ENVIRONMENT,
        close_fds=False,
    )


def run_once(contender):
    """Runs the command and takes the kernel's account of it (wait4): children that were waited for are included."""
    if contender.prepare:
        contender.prepare()
    with tempfile.TemporaryFile() as output:
        begin = time.perf_counter()
        process = start(contender, output)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read(1 << 16)
    if process.returncode != 0:
        message = printed.decode(errors="replace").strip()[-300:]
        raise CommandFailed(f"status {process.returncode}: {message or 'no message'}")
    return Sample(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024, printed)


def descendants(pid):
    """Process `pid` and everything below it, from /proc."""
    found, queue = [], [pid]
    while queue:
        current = queue.pop()
        found.append(current)
        try:
            for task in os.listdir(f"/proc/{current}/task"):
                with open(f"/proc/{current}/task/{task}/children") as children:
                    queue += [int(child) for child in children.read().split()]
        except OSError:
            pass
    return found


def anonymous(pid):
    try:
        with open(f"/proc/{pid}/status") as status:
            for line in status:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def anonymous_peak(contender):
    """Bytes of the largest process's own memory, mapped files aside.

    Looked at every 5 ms in a run of its own, so that the looking does not disturb what is measured elsewhere; a peak
    shorter than that can be missed.
    """
    if contender.prepare:
        contender.prepare()
    peak = 0
    process = start(contender, subprocess.DEVNULL)
    ended = threading.Event()

    def wait():
        process.wait()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    while not ended.wait(0.005):
        peak = max(peak, max(anonymous(pid) for pid in descendants(process.pid)))
    if process.returncode != 0:
        raise CommandFailed(f"status {process.returncode} in the memory run")
    return peak


@dataclass
class Comparison:
    """The samples of several contenders, taken in turn."""

    samples: dict = field(default_factory=dict)
    left_out: dict = field(default_factory=dict)

    def median(self, name, measure):
        return statistics.median(getattr(sample, measure) for sample in self.samples[name])

    def ratio(self, name, other, measure):
        """The median of the rounds' ratios: each is of two neighbours in time, so a busy minute cancels out."""
        pairs = zip(self.samples[name], self.samples[other])
        return statistics.median(getattr(a, measure) / getattr(b, measure) for a, b in pairs)


def compare(contenders, runs, warm, report):
    """A warm-up of every contender, then `runs` rounds; each round runs every contender once, in the same order."""
    comparison = Comparison()
    remaining = []
    for contender in contenders:
        report(f"{contender.name}: warm-up")
        try:
            run_once(contender)
            remaining.append(contender)
            comparison.samples[contender.name] = []
        except CommandFailed as failure:
            if not contender.is_peer:
                raise CommandFailed(f"{contender.name}: {failure}") from failure
            comparison.left_out[contender.name] = str(failure)
    for number in range(runs):
        warm()
        for contender in remaining:
            sample = run_once(contender)
            comparison.samples[contender.name].append(sample)
            report(f"{contender.name}: run {number + 1}, CPU {sample.cpu:.2f} s, wall {sample.wall:.2f} s")
    return comparison


def warm(*paths):
    """Reads everything below the paths, so that each round starts with the files in memory."""
    for path in paths:
        command = "find . -type f -print0 | xargs -0 -n 1000 cat >/dev/null"
        subprocess.run(["/bin/sh", "-c", command], cwd=path, check=True)
