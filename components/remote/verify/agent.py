"""On a node, as root, for as long as one verification lasts: does what it is told by lines of JSON, each in a child of its own.

    {"id": 1, "op": "echo", "seconds": 5, …}    →  {"id": 1, "value": …} or {"id": 1, "problem": words}
    {"op": "end", "of": 1}                         ends a child: what serves or listens ends by that alone
    {"op": "undo", "delete": [paths of the API]}   what is to be deleted when the lines end, however they end

`hello` is asked with number 0 by nobody, to begin with. `serve` and `sender` say {"id": …, "ready": true} first. When the lines end, or after `seconds` of the first line, every child is ended and
what there is to undo is undone. Python 3.6 or newer; this process has no threads, since it forks.
"""
import ctypes
import glob
import http.client
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time

import nodeside

ADMIN = "/etc/kubernetes/admin.conf"
FOLDER = "/run/calispray-verify-%d"  # of the process with that number
MAKING_SECONDS = 5
UNDO_SECONDS = 20


class Agent:
    def __init__(self, seconds):
        self.end = time.monotonic() + seconds
        self.children = {}  # pipe → [id, pid, end, what has come]
        self.making = set()  # ids of requests that make something
        self.delete, self.proxy = [], None
        self.folder = FOLDER % os.getpid()

    def serve(self):
        """Until standard input ends."""
        stdin, text = sys.stdin.fileno(), b""
        # Only then is more to come: what would have come with the first line is in a buffer of Python's own.
        self.start({"id": 0, "op": "hello", "seconds": 15})
        while time.monotonic() < self.end:
            for pipe in select.select([stdin] + list(self.children), [], [], 0.25)[0]:
                if pipe != stdin:
                    self.heard(pipe)
                    continue
                part = os.read(stdin, 1 << 20)
                if not part:
                    return
                *lines, text = (text + part).split(b"\n")
                for line in lines:
                    self.told(json.loads(line.decode()))
            for pipe, (number, _, end, _) in list(self.children.items()):
                if time.monotonic() > end:
                    self.drop(pipe)
                    say({"id": number, "problem": "no answer within the time that it had"})

    def told(self, request):
        op = request["op"]
        if op == "undo":
            self.delete = request["delete"]
        elif op == "end":
            for pipe in [pipe for pipe, child in self.children.items() if child[0] == request["of"]]:
                self.drop(pipe)
        else:
            if op == "api":
                self.start_proxy()
                if request["method"] == "POST":
                    self.making.add(request["id"])
                request["socket"] = os.path.join(self.folder, "api")
            self.start(request)

    def start(self, request):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing)
            self.children[reading] = [request["id"], pid, time.monotonic() + request["seconds"], b""]
            return
        os.setpgid(0, 0)  # so that it is ended with what it started
        dies_with_parent()
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, signal.SIG_DFL)
        status = 1
        try:
            os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
            for pipe in self.children:
                os.close(pipe)

            def tell(what):
                text = json.dumps(dict(what, id=request["id"])).encode() + b"\n"
                while text:
                    text = text[os.write(writing, text):]

            try:
                tell({"value": OPS[request["op"]](request, tell)})
            except Exception as error:  # who asked must learn of it
                tell({"problem": getattr(error, "strerror", None) or str(error) or type(error).__name__})
            status = 0
        finally:
            os._exit(status)

    def heard(self, pipe):
        if pipe not in self.children:
            return
        child = self.children[pipe]
        part = os.read(pipe, 1 << 20)
        *lines, child[3] = (child[3] + part).split(b"\n")
        for line in lines:
            say_line(line)
        if not part:
            self.drop(pipe)

    def drop(self, pipe):
        pid = self.children.pop(pipe)[1]
        os.close(pipe)
        for kill in (os.killpg, os.kill):
            try:
                kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
        os.waitpid(pid, 0)

    # --- the API

    def start_proxy(self):
        """kubectl with the cluster's own kubeconfig, for this process alone: one start of it instead of one for each request."""
        if self.proxy is not None:
            return
        for old in glob.glob(FOLDER.replace("%d", "*")):
            if not os.path.exists("/proc/" + old.rpartition("-")[2]):
                shutil.rmtree(old, ignore_errors=True)
        os.mkdir(self.folder, 0o700)
        with open(os.path.join(self.folder, "said"), "wb") as said:
            words = [kubectl(), "--kubeconfig", ADMIN, "proxy", "--unix-socket", os.path.join(self.folder, "api")]
            self.proxy = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=said, stderr=said, preexec_fn=dies_with_parent)

    def undo(self):
        # What is just being made is to be there, or not, before it is taken away.
        end = time.monotonic() + MAKING_SECONDS
        while self.delete and self.making & {child[0] for child in self.children.values()} and time.monotonic() < end:
            for pipe in select.select(list(self.children), [], [], 0.2)[0]:
                self.heard(pipe)
        for pipe in list(self.children):
            self.drop(pipe)
        end = time.monotonic() + UNDO_SECONDS
        while self.delete and time.monotonic() < end:
            for path in list(self.delete):
                try:
                    if api({"method": "DELETE", "path": path, "socket": os.path.join(self.folder, "api"), "seconds": 5}, None)["status"] in (200, 202, 403, 404, 409):
                        self.delete.remove(path)
                except (OSError, http.client.HTTPException):
                    time.sleep(0.5)
        if self.proxy is not None:
            self.proxy.kill()
            self.proxy.wait()
            shutil.rmtree(self.folder, ignore_errors=True)


def dies_with_parent():
    """Also where that is killed: what serves in a pod would stay otherwise."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG


def kubectl():
    return shutil.which("kubectl") or "/usr/local/bin/kubectl"  # kubespray's bin_dir, which sudo's path may lack


class Unix(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        http.client.HTTPConnection.__init__(self, "localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def api(request, _):
    """`method`, `path`, `body`; `fields` (`spec.cidr`): of a list these alone, as rows. Gives {"status": 200, "body": …}."""
    end = time.monotonic() + min(request["seconds"], 10)
    while True:
        try:
            connection = Unix(request["socket"], request["seconds"])
            body = None if request.get("body") is None else json.dumps(request["body"])
            connection.request(request["method"], request["path"], body, {"Content-Type": "application/json"} if body else {})
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
            break
        except (FileNotFoundError, ConnectionRefusedError):  # it is just starting, or has ended
            words = proxy_said(request["socket"])
            if words or time.monotonic() > end:
                raise OSError(words or "kubectl proxy did not start within 10 s")
            time.sleep(0.03)
    try:
        answer = json.loads(text)
    except ValueError:
        answer = text[:300]
    if "fields" in request and isinstance(answer, dict) and "items" in answer:
        answer = [[field_of(item, each) for each in request["fields"]] for item in answer["items"] or []]
    return {"status": response.status, "body": answer}


def proxy_said(path):
    """What kubectl said where it could not begin."""
    with open(os.path.join(os.path.dirname(path), "said"), errors="replace") as file:
        lines = [line.strip() for line in file if re.search("(?i)error|refused|no such|not found|unable", line)]
    return lines[-1][:300] if lines else None


def field_of(item, path):
    for key in path.split("."):
        item = item.get(key) if isinstance(item, dict) else None
    return item


OPS = dict(nodeside.OPS, api=api)


def say(what):
    say_line(json.dumps(what).encode())


def say_line(line):
    try:
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()
    except OSError:  # nobody listens any more: the end of the lines comes next
        pass


def main(given):
    agent = Agent(given["seconds"])
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, lambda *_: sys.exit(1))
    try:
        agent.serve()
    finally:
        agent.undo()
    return 0
