#!/usr/bin/env python3
"""`kubectl … proxy --unix-socket PATH` for tests: an API of a few kinds that keeps its objects as files below $FAKE_API, so that several of
them are one API. A pod that is made gets one of the addresses in $FAKE_API/addresses.json (node → [IPv4, IPv6]) that no other has; what goes
wrong is in $FAKE_API/faults.json."""
import fcntl
import http.server
import json
import os
import shutil
import socketserver
import subprocess
import sys
import urllib.parse

HOME = os.environ["FAKE_API"]


def read(name, default):
    try:
        with open(os.path.join(HOME, name)) as file:
            return json.load(file)
    except FileNotFoundError:
        return default


def stored(path):
    """Every object below a list, or the one object."""
    place = os.path.join(HOME, "objects", path.strip("/"))
    if os.path.isfile(place + ".json"):
        return read(place + ".json", None)
    names = sorted(os.listdir(place)) if os.path.isdir(place) else []
    return [read(os.path.join(place, name), None) for name in names if name.endswith(".json")]


def store(path, body):
    place = os.path.join(HOME, "objects", path.strip("/") + ".json")
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place + ".tmp", "w") as file:
        json.dump(body, file)
    os.replace(place + ".tmp", place)


def taken():
    for folder, _, names in os.walk(os.path.join(HOME, "objects")):
        for name in names:
            if folder.endswith("/pods") and name.endswith(".json"):
                yield from (each["ip"] for each in read(os.path.join(folder, name), {}).get("status", {}).get("podIPs", []))


def running(body):
    fault = read("faults.json", {}).get("pods", {}).get(body["spec"]["nodeName"])
    if fault:
        return fault
    held = set(taken())
    free = next(each for each in read("addresses.json", {})[body["spec"]["nodeName"]] if each[0] not in held)
    return {"phase": "Running", "podIP": free[0], "podIPs": [{"ip": each} for each in free]}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    address_string = log_message = lambda *_: ""

    def do_GET(self):
        path = self.place()
        if path == "/version" and read("faults.json", {}).get("api") == "refused":
            return self.say(500, {"message": "dial tcp 192.0.2.1:6443: connect: connection refused\n"})
        if path == "/version":
            return self.say(200, {"gitVersion": "v1.35.4"})
        found = stored(path)
        if isinstance(found, dict):
            return self.say(200, found)
        if not found and not path.endswith(("s", "events")):
            return self.say(404, {"message": "not found"})
        wanted = dict(each.split("=", 1) for each in self.query.get("labelSelector", [""])[0].split(",") if each)
        labels = [(each, each["metadata"].get("labels", {})) for each in found]
        items = [each for each, has in labels if all(has.get(key) == value for key, value in wanted.items())]
        known = any(path.endswith(each) for each in ("/pods", "/namespaces", "/nodes", "/events")) or found
        self.say(200, {"items": items}) if known else self.say(404, {"message": "no such kind"})

    def do_POST(self):
        # Two that are made at once are not to get one address.
        with open(os.path.join(HOME, "lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.make()

    def make(self):
        path, body = self.place(), json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open(os.path.join(HOME, "made.jsonl"), "a") as file:
            file.write(json.dumps([path, body]) + "\n")
        if path.endswith("/pods"):
            if not self.has_account(path):
                return self.say(403, {"message": 'error looking up service account: serviceaccount "default" not found'})
            body["status"] = running(body)
        group, _, rest = path.partition("/v1/")
        ignored = {"ignored": group, "allowed-before": "/apis/networking.k8s.io"}.get(read("faults.json", {}).get("policies"))
        if path.endswith("/networkpolicies") and group != ignored:
            for pod in stored("/api/v1/" + rest.replace("networkpolicies", "pods")):
                subprocess.run(["ip", "route", "replace", "blackhole", pod["status"]["podIP"] + "/32"], check=True)
        store(path + "/" + body["metadata"]["name"], body)
        self.say(201, body)

    def has_account(self, path):
        """The second time that it is asked: an account comes a moment after its namespace."""
        mark = os.path.join(HOME, path.strip("/").replace("/", "-"))
        there = os.path.exists(mark)
        open(mark, "w").close()
        return there

    def do_DELETE(self):
        path = self.place()
        place = os.path.join(HOME, "objects", path.strip("/"))
        if read("faults.json", {}).get("delete") == "refused":
            return self.say(403, {"message": "deleting is not allowed here"})
        there = os.path.exists(place + ".json") or os.path.isdir(place)
        shutil.rmtree(place, ignore_errors=True)
        if os.path.exists(place + ".json"):
            os.remove(place + ".json")
        self.say(200 if there else 404, {"message": "gone" if there else "not found"})

    def place(self):
        url = urllib.parse.urlsplit(self.path)
        self.query = urllib.parse.parse_qs(url.query)
        return url.path

    def say(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


if read("faults.json", {}).get("api") == "down":
    sys.exit("error: the server is not to be found here")
Server(sys.argv[sys.argv.index("--unix-socket") + 1], Handler).serve_forever()
