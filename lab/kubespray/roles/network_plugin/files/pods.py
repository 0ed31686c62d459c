"""The pods of this node, as the kubelet and Calico's CNI plugin bring them about: network, address, status, and their end.

A pod gets a network namespace and no processes. What it has is written to FOLDER before it has it, so a node that was
restarted knows which networks to make again, and which addresses of pods that are no more to give back.
"""
import glob
import json
import os
import time
import uuid

import ipam
import network
import podstatus
from api import Refused
from books import Books
from calico_node import BLOCKS, POOLS, given, pools_of, timestamp
from host import RUN, load_plan, read, save

FOLDER = "/var/lib/calispray-lab/pods"
CLUSTER = "/apis/projectcalico.org/v3/clusterinformations/default"
RESERVATIONS = "/apis/projectcalico.org/v3/ipreservations"
CHOSEN = "cni.projectcalico.org/ipv4pools"
# Seconds until a pod without an address is tried again where nothing changed, and until its event is counted again.
AGAIN, COUNTED = 15, 60


def uid(pod):
    return pod["metadata"]["uid"]


def path(pod, sub=""):
    meta = pod["metadata"]
    return "/api/v1/namespaces/%s/pods/%s%s" % (meta["namespace"], meta["name"], sub)


class Part:
    def __init__(self, agent):
        self.agent, self.books = agent, Books(agent.api)
        self.pods = "/api/v1/pods?fieldSelector=spec.nodeName%3D" + agent.name
        self.lists = (self.pods, POOLS, BLOCKS, RESERVATIONS)
        os.makedirs(FOLDER, exist_ok=True)
        self.boxes = {box["uid"]: box for box in map(read, glob.glob(FOLDER + "/*.json"))}
        self.tried, self.events = {}, {}

    def changed(self):
        pods = self.agent.objects(self.pods)
        if pods is None:
            return None
        now, soon = time.time(), []
        there = {uid(pod): pod for pod in pods}
        # First what ends: its address may be the one that another waits for.
        for each, box in list(self.boxes.items()):
            pod = there.get(each)
            unfinished = "address" not in box  # the agent ended while it was made
            if unfinished or pod is None or pod["metadata"].get("deletionTimestamp") or podstatus.over(pod):
                self.end(box)
        for gone in (self.tried.keys() | self.events.keys()) - there.keys():
            self.tried.pop(gone, None)
            self.events.pop(gone, None)
        fixed = {pod["name"]: pod for pod in read(RUN + "/pods.json") or []}
        for pod in sorted(pods, key=lambda p: (p["metadata"]["creationTimestamp"], p["metadata"]["name"])):
            try:
                soon.append(self.turn(pod, fixed, now))
            except (Refused, RuntimeError) as e:
                self.agent.say("%s/%s: %s" % (pod["metadata"]["namespace"], pod["metadata"]["name"], e))
                soon.append(5)
        spaces = {(box["namespace"], box["name"]): "/run/netns/" + box["space"] for box in self.boxes.values() if box.get("address")}
        spaces.update({tuple(name.split("/")): pod["netns"] for name, pod in fixed.items() if tuple(name.split("/")) in map(named, pods)})
        self.agent.networks = spaces
        return min((s for s in soon if s is not None), default=None)

    def turn(self, pod, fixed, now):
        """Brings one pod on; seconds until it is to be looked at again, or None."""
        if podstatus.over(pod):
            return None
        if pod["metadata"].get("deletionTimestamp"):
            self.delete(pod)
            return None
        host, left = self.agent.me["address"], podstatus.deadline(pod)
        if left is not None and left <= now:
            if uid(pod) in self.boxes:
                self.end(self.boxes[uid(pod)])
            self.write(pod, podstatus.overdue(pod, host, now))
            return None
        address, again = self.address(pod, fixed, host, now)
        status = podstatus.running(pod, host, address, now) if address else podstatus.waiting(pod, host, now)
        if not podstatus.same(pod, status):
            self.write(pod, status)
        return min((s for s in (again, left and left - now) if s is not None), default=None)

    def address(self, pod, fixed, host, now):
        """(the pod's address, None), or (None, seconds until the next try)."""
        if pod["spec"].get("hostNetwork"):
            return host, None
        name = "/".join(named(pod))
        if name in fixed:  # it is that pod of the lab, which has its network
            return fixed[name]["address"], None
        box = self.boxes.get(uid(pod))
        if box:
            if not os.path.exists("/run/netns/" + box["space"]) or not os.path.exists("/sys/class/net/" + box["interface"]):
                network.add(box["space"], box["interface"], box["address"], load_plan().pod_mtu)
            return box["address"], None
        books = self.agent.kept[BLOCKS].moved, self.agent.kept[POOLS].moved, self.agent.kept[RESERVATIONS].moved
        last, seen = self.tried.get(uid(pod), (0, None))
        if seen == books and now < last + AGAIN:
            return None, last + AGAIN - now
        box = {"uid": uid(pod), "namespace": named(pod)[0], "name": named(pod)[1], "id": os.urandom(32).hex(), "space": "cni-" + str(uuid.uuid4())}
        box.update(interface=network.interface(box["namespace"], box["name"]), handle="k8s-pod-network." + box["id"])
        try:
            self.begin(box, pod)
        except ipam.NoAddress as e:
            self.tried[uid(pod)] = (now, books)
            self.tell(pod, box["id"], str(e), now)
            return None, AGAIN
        self.tried.pop(uid(pod), None)
        return box["address"], None

    def begin(self, box, pod):
        """An address and a network, or neither."""
        attributes = {"namespace": box["namespace"], "node": self.agent.name, "pod": box["name"], "timestamp": timestamp()}
        file = "%s/%s.json" % (FOLDER, box["id"])
        save(file, json.dumps(box))
        try:
            cluster = self.agent.api.get(CLUSTER)
            if cluster and cluster["spec"].get("datastoreReady") is False:
                raise ipam.NoAddress("Calico is currently not ready to process requests")
            reserved = [r for o in self.agent.objects(RESERVATIONS) or [] for r in o["spec"].get("reservedCIDRs") or []]
            box["address"] = self.books.assign(self.agent.name, box["handle"], attributes, self.choice(pod), ipam.networks(reserved), given(self.agent.conf))
            save(file, json.dumps(box))
            network.add(box["space"], box["interface"], box["address"], load_plan().pod_mtu)
        except BaseException:
            self.end(box)
            raise
        self.boxes[box["uid"]] = box

    def choice(self, pod):
        """The pools that the pod may have its address of (libcalico-go/lib/ipam/ipam.go: determinePools)."""
        pools = [p for p in pools_of(self.agent.conf, self.agent.objects(POOLS)) if not p.get("disabled") and ":" not in p["cidr"]]
        space = self.agent.api.get("/api/v1/namespaces/" + named(pod)[0]) or {"metadata": {}}
        asked = [(found["metadata"].get("annotations") or {}).get(CHOSEN) for found in (pod, space)]
        asked = next((json.loads(a) for a in asked if a), None)
        if asked is not None:
            for one in asked:
                if not any(one in (p["name"], p["cidr"]) for p in pools):
                    raise ipam.NoAddress("the given pool (%s) does not exist, or is not enabled" % one)
            return [p for p in pools if p["name"] in asked or p["cidr"] in asked]
        labels = ((self.agent.api.get("/api/v1/nodes/" + self.agent.name) or {"metadata": {}})["metadata"].get("labels")) or {}
        uses = [p for p in pools if "Workload" in (p.get("allowedUses") or ["Workload"]) and p.get("assignmentMode") != "Manual"]
        fit = [p for p in uses if ipam.selects(p.get("nodeSelector"), labels) and ipam.selects(p.get("namespaceSelector"), space["metadata"].get("labels") or {})]
        if not fit:
            raise ipam.NoAddress("no configured Calico pools for node " + self.agent.name)
        return fit

    def end(self, box):
        """Network and address are gone, and then the note of them."""
        network.remove(box["space"], box["interface"])
        self.books.release(box["handle"])
        file = "%s/%s.json" % (FOLDER, box["id"])
        if os.path.exists(file):
            os.unlink(file)
        self.boxes.pop(box["uid"], None)

    def delete(self, pod):
        """What a kubelet does last: nothing of the pod is left on the node."""
        status, answer = self.agent.api.call("DELETE", path(pod), {"gracePeriodSeconds": 0, "preconditions": {"uid": uid(pod)}})
        if status not in (200, 202, 404, 409):
            raise Refused(status, answer)

    def write(self, pod, status):
        body = {"status": status}
        box = self.boxes.get(uid(pod))
        if box and status["phase"] == "Running":
            annotations = {"podIP": box["address"] + "/32", "podIPs": box["address"] + "/32", "containerID": box["id"]}
            body["metadata"] = {"annotations": {"cni.projectcalico.org/" + k: v for k, v in annotations.items()}}
        try:
            self.agent.api.patch(path(pod, "/status"), body)
        except Refused as e:
            if e.status not in (404, 409):
                raise

    def tell(self, pod, box, why, now):
        """An event as the kubelet words it: made once, counted from then on."""
        message = 'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "%s": plugin type="calico" failed (add): %s' % (box, why)
        root = "/api/v1/namespaces/%s/events" % named(pod)[0]
        name, said, count, last = self.events.get(uid(pod), (None, None, 0, 0))
        if said == why and now < last + COUNTED:
            return
        if said == why:
            self.agent.api.call("PATCH", root + "/" + name, {"count": count + 1, "lastTimestamp": podstatus.stamp(now)}, "application/merge-patch+json")
        else:
            name, count = "%s.%s" % (pod["metadata"]["name"], os.urandom(8).hex()), 0
            involved = {"apiVersion": "v1", "kind": "Pod", "namespace": named(pod)[0], "name": named(pod)[1], "uid": uid(pod), "resourceVersion": pod["metadata"]["resourceVersion"]}
            event = {"apiVersion": "v1", "kind": "Event", "metadata": {"name": name, "namespace": named(pod)[0]}, "involvedObject": involved,
                     "reason": "FailedCreatePodSandBox", "message": message, "type": "Warning", "count": 1, "source": {"component": "kubelet", "host": self.agent.name},
                     "firstTimestamp": podstatus.stamp(now), "lastTimestamp": podstatus.stamp(now), "reportingComponent": "kubelet", "reportingInstance": self.agent.name}
            self.agent.api.call("POST", root, event)  # a namespace that is being deleted takes none
        self.events[uid(pod)] = (name, why, count + 1, now)


def named(pod):
    return pod["metadata"]["namespace"], pod["metadata"]["name"]
