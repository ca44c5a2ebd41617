"""A headless Chromium, spoken to over a pipe (the DevTools protocol); the standard library is enough."""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]


def find():
    """The path of a Chromium, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class BrowserError(Exception):
    """The browser did not answer, or refused."""


class Browser:
    """One browser with one page; whatever the page complains of, or asks for, is collected in `events`."""

    def __init__(self, program, timeout=120):
        self.timeout = timeout
        self.events = []
        self.counter = 0
        self.buffer = b""
        self.profile = tempfile.mkdtemp(prefix="vitrine-browser-")
        (to_read, self.output), (self.input, to_write) = os.pipe(), os.pipe()
        arguments = [
            program, "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            "--disable-dev-shm-usage", "--no-first-run", "--user-data-dir=" + self.profile, "about:blank",
        ]

        # The browser reads commands from descriptor 3 and answers on descriptor 4.
        wrapper = ["/bin/sh", "-c", 'exec "$@" 3<&%d 4>&%d' % (to_read, to_write), "sh"]
        self.process = subprocess.Popen(
            wrapper + arguments, pass_fds=(to_read, to_write), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        targets = self.call("Target.getTargets", session=None)["targetInfos"]
        target = next(each for each in targets if each["type"] == "page")
        self.session = self.call(
            "Target.attachToTarget", session=None, targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network", "Audits"]:
            self.call(domain + ".enable")

    def close(self):
        """Ends the browser and removes its profile."""
        try:
            self.call("Browser.close", session=None)
        except (BrowserError, OSError):
            pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.output)
        os.close(self.input)
        shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method, session="own", **parameters):
        """Sends a command and returns its result; events on the way are kept."""
        self.counter += 1
        message = {"id": self.counter, "method": method, "params": parameters}
        if session == "own":
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        number = self.counter
        deadline = time.monotonic() + self.timeout
        while True:
            answer = self._receive(deadline)
            if answer.get("id") == number:
                if "error" in answer:
                    raise BrowserError("%s: %s" % (method, answer["error"]))
                return answer["result"]
            self.events.append(answer)

    def open(self, path):
        """Loads a file and waits for all of it."""
        self.events.clear()
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        self._wait("Page.loadEventFired")
        # One more round: what a page complains of while it loads may come after the load event.
        self.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")

    def evaluate(self, expression):
        """The value of an expression in the page; the policy of the page does not bind the inspector."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(answer["exceptionDetails"].get("text", "exception"))
        return answer["result"].get("value")

    def dress(self, width, scheme, height=900):
        """Sets the width in pixels and the colour scheme."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call(
            "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path, most=6000):
        """Writes the page from its top as a PNG, at most `most` pixels of it."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], most), "scale": 1}
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        self._write(path, answer["data"])

    def print(self, path):
        """Writes the page as PDF, as a printer would get it."""
        answer = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        self._write(path, answer["data"])

    def complaints(self):
        """Everything that speaks against the page: console messages, errors, violated policies, requests."""
        found = []
        for event in self.events:
            method, parameters = event.get("method"), event.get("params", {})
            if method == "Log.entryAdded":
                entry = parameters["entry"]
                found.append("%s: %s" % (entry["level"], entry["text"]))
            elif method == "Runtime.consoleAPICalled":
                words = " ".join(str(each.get("value")) for each in parameters["args"])
                found.append("console %s: %s" % (parameters["type"], words))
            elif method == "Runtime.exceptionThrown":
                found.append("exception: %s" % parameters["exceptionDetails"].get("text"))
            elif method == "Audits.issueAdded":
                found.append("issue: %s" % parameters["issue"]["code"])
            elif method == "Network.requestWillBeSent" and parameters.get("type") != "Document":
                found.append("request: %s" % parameters["request"]["url"][:200])
        return found

    def _wait(self, method):
        deadline = time.monotonic() + self.timeout
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self._receive(deadline))

    def _receive(self, deadline):
        while b"\0" not in self.buffer:
            rest = deadline - time.monotonic()
            if rest <= 0 or not select.select([self.input], [], [], rest)[0]:
                raise BrowserError("no answer within %d seconds" % self.timeout)
            piece = os.read(self.input, 1 << 20)
            if not piece:
                raise BrowserError("the browser ended")
            self.buffer += piece
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    @staticmethod
    def _write(path, data):
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
