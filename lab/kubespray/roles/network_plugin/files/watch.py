#!/usr/bin/python3
"""A node's agent: what calico-node, the kubelet and kube-proxy do between two runs of kubespray, as far as the lab has it.

One process. Each part below names the lists of the API that it lives by; they are kept by watching (api.py), and the
part's `changed` is called, in this thread and one part after the other, after
  - any of its lists changed (those the API server has not told yet are None),
  - /etc/calispray-lab/dataplane.json or /run/calispray-lab/live.json changed,
  - the seconds passed that it gave back when it was called last (None: no wish).
A part that raises is called again after five seconds.
"""
import importlib
import json
import os
import sys
import threading
import time
import traceback

sys.path.insert(0, "/usr/local/lib/calispray-lab")
from api import Api, Kept  # noqa: E402

CONF = "/etc/calispray-lab/dataplane.json"
LIVE = "/run/calispray-lab/live.json"
# Modules beside this one, each with a class Part; in this order.
PARTS = ["calico_node", "pods", "services", "dns", "schedule", "kube_controllers"]


def read(path):
    try:
        with open(path) as f:
            return json.load(f)
    except FileNotFoundError:
        return {}


def stamp():
    """What tells that one of the files is another one."""
    return [os.stat(path).st_mtime_ns if os.path.exists(path) else 0 for path in (CONF, LIVE)]


class Agent:
    """What the parts have: `conf`, `live`, `name`, `me`, `api`, `objects`, `networks`.

    `networks` is {(namespace, name): path of the network namespace} of the API's pods on this node that have one
    of their own; the part `pods` keeps it, and those after it in PARTS read it. The lab's fixed pods alone are in
    /run/calispray-lab/pods.json.
    """

    def __init__(self):
        self.stamp, self.conf, self.live = stamp(), read(CONF), read(LIVE)
        self.kept, self.woken, self.networks = {}, threading.Event(), {}
        self.api = Api(lambda: self.conf["server"])

    @property
    def name(self):
        """Of this node, in the API."""
        return self.conf["name"]

    @property
    def me(self):
        """This node among `conf`'s nodes: name, address, place, blocks."""
        return next(n for n in self.conf["nodes"] if n["name"] == self.name)

    def keep(self, path):
        """Has a list of the API kept: `/api/v1/pods?fieldSelector=spec.nodeName%3Dhomelab`."""
        if path not in self.kept:
            self.kept[path] = Kept(lambda: self.conf["server"], path, self.woken.set)
            self.kept[path].start()

    def objects(self, path):
        """The objects of a kept list as they are now, or None. Not to be changed."""
        return self.kept[path].objects()

    def say(self, line):
        print(line, flush=True)

    def reload(self):
        """True where a file changed."""
        now = stamp()
        if now == self.stamp:
            return False
        self.stamp, self.live, self.conf = now, read(LIVE), read(CONF) or self.conf
        return True


class Running:
    """A part, and when it is to be called."""

    def __init__(self, part, agent):
        self.part, self.agent = part, agent
        self.seen, self.due, self.said = None, 0.0, None
        for path in part.lists:
            agent.keep(path)

    def turn(self, forced):
        seen = [self.agent.kept[path].moved for path in self.part.lists]
        if not forced and seen == self.seen and (self.due is None or time.monotonic() < self.due):
            return
        self.seen = seen
        try:
            after = self.part.changed()
            self.said = None
        except Exception:  # whatever it is: the other parts, and the next time, are not to suffer
            after, text = 5, traceback.format_exc()
            if text != self.said:
                self.agent.say(text)
            self.said = text
        self.due = None if after is None else time.monotonic() + after


def main():
    agent = Agent()
    if not agent.conf:
        sys.exit("%s is not there" % CONF)
    running = [Running(importlib.import_module(name).Part(agent), agent) for name in PARTS]
    while True:
        # Once a second the two files are looked at; a change of the API wakes it at once.
        agent.woken.wait(1)
        if agent.woken.is_set():
            time.sleep(0.02)  # changes come in bursts
            agent.woken.clear()
        forced = agent.reload()
        for each in running:
            each.turn(forced)


if __name__ == "__main__":
    main()
