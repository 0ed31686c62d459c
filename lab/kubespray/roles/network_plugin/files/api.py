"""The API server as a node's agent asks it: single calls, and copies of whole kinds that are kept by watching.

The node shows the certificate that the playbooks laid into /etc/calispray-lab; what it may do says the ClusterRole
calispray-lab-node.
"""
import contextlib
import http.client
import json
import random
import socket
import ssl
import threading
import time
import traceback
import urllib.parse

FOLDER = "/etc/calispray-lab"


class Refused(Exception):
    """The API server answered, and not as asked."""

    def __init__(self, status, answer):
        super().__init__(answer.get("message", "") if isinstance(answer, dict) else str(answer))
        self.status = status


def connect(server, timeout):
    """A connection made with the files as they are now: a new cluster has another authority."""
    url = urllib.parse.urlsplit(server)
    context = ssl.create_default_context(cafile=FOLDER + "/ca.pem")
    context.load_cert_chain(FOLDER + "/node.pem")
    connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=timeout, context=context)
    connection.connect()
    # A server that was switched off says nothing more: the kernel finds out, within half a minute and for next to nothing.
    for option, value in ((socket.TCP_KEEPIDLE, 10), (socket.TCP_KEEPINTVL, 5), (socket.TCP_KEEPCNT, 4)):
        connection.sock.setsockopt(socket.IPPROTO_TCP, option, value)
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class Api:
    """Single calls over one connection; of one thread alone."""

    def __init__(self, server):
        """`server` is asked for the URL whenever a connection is made."""
        self.server, self.connection = server, None

    def call(self, method, path, body=None, kind="application/json"):
        """(status, answer); a connection that was dropped meanwhile is made once more. OSError where there is none."""
        for last in (False, True):
            try:
                self.connection = self.connection or connect(self.server(), 10)
                data = None if body is None else json.dumps(body)
                self.connection.request(method, path, body=data, headers={"Content-Type": kind, "Accept": "application/json"})
                response = self.connection.getresponse()
                text = response.read()
                break
            except (OSError, http.client.HTTPException) as e:
                self.connection = None
                if last:
                    raise OSError(str(e)) from e
        try:
            return response.status, json.loads(text)
        except ValueError:
            return response.status, {"message": text.decode(errors="replace")}

    def ask(self, method, path, body=None, kind="application/json"):
        """The answer, or Refused."""
        status, answer = self.call(method, path, body, kind)
        if status not in (200, 201, 202):
            raise Refused(status, answer)
        return answer

    def get(self, path):
        """The object, or None where there is none."""
        status, answer = self.call("GET", path)
        if status == 404:
            return None
        if status != 200:
            raise Refused(status, answer)
        return answer

    def patch(self, path, body):
        """RFC 7386: what is null goes, lists are replaced."""
        return self.ask("PATCH", path, body, "application/merge-patch+json")


def key(found):
    return found["metadata"].get("namespace", ""), found["metadata"]["name"]


class Kept(threading.Thread):
    """A copy of every object of one list, kept by one watch that goes on where the last one ended."""

    def __init__(self, server, path, wake):
        """`wake` is called after every change, from this thread."""
        super().__init__(daemon=True, name=path)
        self.server, self.path, self.wake = server, path, wake
        self.lock, self.found, self.moved = threading.Lock(), None, 0

    def objects(self):
        """A list, or None before the API server said anything."""
        with self.lock:
            return None if self.found is None else list(self.found.values())

    def run(self):
        while True:
            pause = 1.0
            try:
                pause = self.follow()
            except (OSError, http.client.HTTPException, ValueError):
                pass  # no answer, or half of one: the next try has the whole
            except Exception:  # an answer that is none of the API's must not end the watch for good
                traceback.print_exc()
            time.sleep(pause * random.uniform(0.5, 1.5))

    def follow(self):
        """Lists, then watches for as long as that goes well. Seconds to wait before the next time."""
        connection = connect(self.server(), 100)
        with contextlib.closing(connection):
            response = self.send(connection, "")
            if response.status != 200:
                response.read()
                if response.status == 404 and self.found is None:
                    self.put({})  # a kind that is not served has no objects; one that was is served again soon
                return 4.0 if response.status == 404 else 1.0
            listed = json.loads(response.read())
            self.put({key(item): item for item in listed.get("items") or []})
            version = listed["metadata"]["resourceVersion"]
            while version:
                version = self.watch(connection, version)
            return 0.2

    def watch(self, connection, version):
        """The version to go on from, or None where everything is to be listed again."""
        response = self.send(connection, "watch=true&allowWatchBookmarks=true&timeoutSeconds=%d&resourceVersion=%s" % (random.randint(240, 480), version))
        if response.status != 200:
            response.read()
            return None
        for line in response:
            event = json.loads(line)
            if event["type"] == "ERROR":
                return None
            item = event["object"]
            version = item["metadata"]["resourceVersion"]
            if event["type"] == "BOOKMARK":
                continue
            with self.lock:
                if event["type"] == "DELETED":
                    self.found.pop(key(item), None)
                else:
                    self.found[key(item)] = item
                self.moved += 1
            self.wake()
        return version

    def put(self, found):
        with self.lock:
            same = self.found == found
            self.found = found
            self.moved += not same
        if not same:
            self.wake()

    def send(self, connection, query):
        path = self.path + ("&" if "?" in self.path else "?") + query if query else self.path
        connection.request("GET", path, headers={"Accept": "application/json"})
        return connection.getresponse()
