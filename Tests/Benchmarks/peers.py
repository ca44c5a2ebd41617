"""The other tools: found, installed where that is possible here, or left out with the reason."""

import os
import shutil
import subprocess
import sys

DEBIAN_PACKAGES = {
    "git-evtag": "git-evtag",
    "nix-hash": "nix-bin",
    "b3sum": "b3sum",
    "rhash": "rhash",
    "diffoscope": "diffoscope-minimal",
}
PYTHON_PACKAGES = ["swh.model[cli]", "model-signing", "pyOpenSSL"]


class Peers:
    """Which peers are here. `reasons` says why the others are not."""

    def __init__(self, root, install):
        self.venv = root / "peers" / "venv"
        self.reasons = {}
        if install:
            self.install_debian()
            self.install_python()
        for tool in DEBIAN_PACKAGES:
            if not shutil.which(tool):
                self.reasons.setdefault(tool, "not installed")
        for tool in ["swh", "model_signing"]:
            if not (self.venv / "bin" / tool).exists():
                self.reasons.setdefault(tool, "not installed")

    def has(self, tool):
        return tool not in self.reasons

    def python_tool(self, tool):
        return self.venv / "bin" / tool

    def install_debian(self):
        missing = {tool: package for tool, package in DEBIAN_PACKAGES.items() if not shutil.which(tool)}
        if not missing:
            return
        if os.getuid() != 0:
            reason = "not installed, and installing needs root: apt-get install " + " ".join(missing.values())
            self.reasons.update(dict.fromkeys(missing, reason))
            return
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        quiet = {"env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["apt-get", "-qq", "update"], **quiet)
        for tool, package in missing.items():
            subprocess.run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", package], **quiet)
            if not shutil.which(tool):
                self.reasons[tool] = f"apt-get cannot install {package}"

    def install_python(self):
        if self.python_tool("swh").exists() and self.python_tool("model_signing").exists():
            return
        self.venv.parent.mkdir(parents=True, exist_ok=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(self.venv)], capture_output=True)
        if made.returncode == 0:
            pip = [str(self.python_tool("pip")), "install", "-q", *PYTHON_PACKAGES]
            made = subprocess.run(pip, capture_output=True)
        if made.returncode != 0:
            reason = "pip: " + made.stderr.decode(errors="replace").strip().splitlines()[-1][:200]
            self.reasons.update({"swh": reason, "model_signing": reason})


def version(command):
    """The first line a tool prints about its version."""
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return "not found"
    lines = (done.stdout or done.stderr).decode(errors="replace").strip().splitlines()
    return lines[0] if lines else "says nothing"
