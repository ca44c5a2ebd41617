#!/usr/bin/env python3
"""Runs `vitrine root` and `vitrine manifest` over every hostile repository and judges what they do.

  run.py VITRINE-BINARY OUT-DIR [NAME-PART]     OUT-DIR is made with make.py when it is not there

Demanded of each run: at most 10 s and 512 MiB (the largest process); an exit status the index allows; the one right root with
status 0; otherwise a message on standard error and nothing on standard output; no control character on either; no program of
the repository executed; no process and no file left behind. One line a case, then `N passed, N failed`; exit status 1 then.
"""
import concurrent.futures
import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "SecondVerifier"))
import verify

SECONDS, KIBIBYTES, WORKERS = 10, 512 << 10, 2
PR_SET_CHILD_SUBREAPER = 36


def run(binary, arguments):
    """(exit status, stdout, stderr, seconds, peak KiB of the largest process, faults) of one run, killed when it is late."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryDirectory() as scratch:
        environment = {"PATH": "/usr/bin:/bin", "HOME": scratch, "TMPDIR": scratch, "LC_ALL": "C.UTF-8"}
        start = time.monotonic()
        child = subprocess.Popen([binary, *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=scratch,
                                 env=environment, start_new_session=True)
        late = threading.Timer(SECONDS, lambda: end_session(child.pid))
        late.start()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - start
        late.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        faults = left_behind(child.pid, scratch)
        out.seek(0), err.seek(0)
        return child.returncode, out.read(64 << 20), err.read(1 << 20), seconds, usage.ru_maxrss, faults


def end_session(leader):
    for process in session(leader):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass


def session(leader):
    """The living processes of a session that we started."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != b"Z":
            found.append(int(name))
    return found


def left_behind(leader, scratch):
    faults = []
    deadline = time.monotonic() + 1
    while session(leader) and time.monotonic() < deadline:  # a killed worker may need a moment to be gone
        time.sleep(0.02)
    if session(leader):
        faults.append("a process is still running")
        end_session(leader)
    if os.listdir(scratch):
        faults.append(f"left in its directory: {os.listdir(scratch)}")
    return faults


def snapshot(place):
    """Names, sizes and times of everything at and beneath a repository: reading must change nothing."""
    found = {}
    for folder, folders, names in os.walk(place):
        for name in folders + names:
            info = os.lstat(os.path.join(folder, name))
            found[os.path.join(folder, name)] = (info.st_mode, info.st_size, info.st_mtime_ns)
    return found


def control_characters(data):
    return re.search(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]", data)


def judge(case, verb, result):
    status, out, err, seconds, peak, faults = result
    if seconds >= SECONDS:
        faults.append(f"not finished in {SECONDS} s")
    elif status not in case["expect"]:
        faults.append(f"exit {status}, not {case['expect']}")
    if peak > KIBIBYTES:
        faults.append(f"{peak >> 10} MiB")
    if control_characters(err) or control_characters(out):
        faults.append("a control character is printed")
    if status == 0:
        faults += judge_root(case, verb, out)
    elif status in (1, 2, 3):
        if not err.strip():
            faults.append("no message on standard error")
        if out and status != 3:
            faults.append(f"{len(out)} bytes on standard output beside a refusal")
    if "marker" in case and os.path.exists(case["marker"]):
        faults.append("a program of the repository was executed")
        os.remove(case["marker"])
    return faults


def judge_root(case, verb, out):
    try:
        if verb == "manifest":
            _, leaves, _ = verify.manifest(out)
            root = verify.range_root(0, leaves, len(leaves), []).hex()
        else:
            root = out.decode().removesuffix("\n")
    except (verify.Refused, UnicodeDecodeError) as error:
        return [f"unreadable output: {error}"]
    return [] if root in case.get("roots", []) else [f"root {root[:16]}..., which is not the source's"]


def try_case(binary, case):
    """The faults of one case."""
    faults, longest, peak = [], 0, 0
    before = snapshot(case["path"])
    for verb in ("root", "manifest"):
        arguments = [verb, case["path"]] + (["--rev", case["rev"]] if "rev" in case else [])
        result = run(binary, arguments)
        longest, peak = max(longest, result[3]), max(peak, result[4])
        found = judge(case, verb, result)
        if found:
            message = result[2][:200].decode(errors="replace")
            faults.append(f"{verb}: {'; '.join(found)} (exit {result[0]}: {message!r})")
    if snapshot(case["path"]) != before:
        faults.append("the repository was changed")
    return faults, longest, peak


def orphans():
    """Whether a process that we started indirectly still lives, in whatever session: it was handed to us as its reaper."""
    while True:
        try:
            process, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if process == 0:
            return True


def main(binary, out, part=""):
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    if not os.path.exists(os.path.join(out, "index.json")):
        subprocess.run([sys.executable, os.path.join(HERE, "make.py"), out], check=True)
    with open(os.path.join(out, "index.json")) as file:
        cases = [case for case in json.load(file) if part in case["name"]]
    beside = set(os.listdir(out))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for case, (faults, seconds, peak) in zip(cases, pool.map(lambda case: try_case(binary, case), cases)):
            print(f"{'FAIL' if faults else 'ok  '} {seconds:5.2f} s {peak >> 10:4d} MiB  {case['name']}")
            for fault in faults:
                print(f"       {fault}\n       why: {case['why']}")
            failed += bool(faults)
    extra = [f"left beside the repositories: {sorted(set(os.listdir(out)) - beside)}"] if set(os.listdir(out)) - beside else []
    extra += ["a worker outlived its parent"] if orphans() else []
    for fault in extra:
        print(f"FAIL {fault}")
    failed += len(extra)
    print(f"{len(cases) + len(extra) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        raise SystemExit(__doc__)
    sys.exit(main(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), *sys.argv[3:]))
