"""What calico-node does between two runs of kubespray: this node's part of the IPAM's books, and the data plane after the API.

The modes of the IPPool, whoever changes them, and what the books have beyond the playbooks' own (ipam.carried) go to
/run/calispray-lab/live.json, which counts before /etc/calispray-lab/dataplane.json; then the data plane is applied anew.
"""
import hashlib
import json
import os
import subprocess
import time

import ipam
from books import Books
from host import RUN, read
from plan import kind_of, tunnel_address

POOLS = "/apis/projectcalico.org/v3/ippools"
BLOCKS = "/apis/crd.projectcalico.org/v1/ipamblocks"
# As allocate-tunnel-addrs names them (Calico v3.31.5 node/pkg/allocateip/allocateip.go:438-470): handle, type, annotation.
TUNNELS = {
    "ipip": ("ipip-tunnel-addr-%s", "ipipTunnelAddress", "projectcalico.org/IPv4IPIPTunnelAddr"),
    "vxlan": ("vxlan-tunnel-addr-%s", "vxlanTunnelAddress", "projectcalico.org/IPv4VXLANTunnelAddr"),
}


def timestamp():
    """As Go's time.Time prints itself: so the CNI plugin writes it (cni-plugin/pkg/ipamplugin/ipam_plugin.go)."""
    return time.strftime("%Y-%m-%d %H:%M:%S +0000 UTC", time.gmtime())


def pools_of(conf, objects):
    """[{name, cidr, blockSize, …}]: the IPPools, or the playbooks' own where Calico's API is not served."""
    if objects:
        return [{"name": o["metadata"]["name"], **o["spec"]} for o in objects]
    return [{"name": conf["pool_name"], "cidr": conf["pool"], "blockSize": conf["block_size"], "natOutgoing": conf["nat_outgoing"]}]


class Part:
    def __init__(self, agent):
        self.agent, self.books, self.said = agent, Books(agent.api), None
        self.node = "/api/v1/nodes?fieldSelector=metadata.name%3D" + agent.name
        self.lists = (POOLS, BLOCKS, self.node)

    def changed(self):
        pools, blocks, nodes = map(self.agent.objects, self.lists)
        found = modes(self.agent.conf, pools or [])
        if pools:
            found["pools"] = [{"cidr": p["cidr"], "nat": bool(p.get("natOutgoing"))} for p in pools_of(self.agent.conf, pools)]
        # Only a member of the cluster has blocks: those of a node that is gone are freed.
        if blocks is not None and nodes:
            specs = [block["spec"] for block in blocks]
            kind = kind_of({**self.agent.conf, **self.agent.live, **found})
            if self.register(specs, kind):
                specs = [block["spec"] for block in self.books.blocks()]
            found["extra"] = ipam.carried(specs, self.agent.conf["nodes"])
            self.annotate(nodes[0], specs)
        write(self.agent, found)

    def register(self, specs, kind):
        """Writes what is this node's and not yet in the books; True where anything was written."""
        name, me, known = self.agent.name, self.agent.me, {spec["cidr"]: ipam.owner(spec) for spec in specs}
        have = {(where, handle) for spec in specs for where, handle, _ in ipam.held(spec)}
        handles, problems, wrote = {handle for _, handle in have}, [], False
        for cidr in me["blocks"]:
            if known.get(cidr) != name:
                wrote = True
                if not self.books.claim(name, cidr):
                    problems.append("the block %s is another node's" % cidr)
        for each, (pattern, holds, _) in TUNNELS.items():
            handle = pattern % name
            if each == kind and handle not in handles:
                wrote = True
                self.tunnel(handle, {"node": name, "type": holds})
            elif each != kind and handle in handles:
                wrote = True
                self.books.release(handle)
        for pod in read(RUN + "/pods.json") or []:
            handle = fixed_handle(name, pod["name"])
            if (pod["address"], handle) in have:
                continue
            wrote = True
            namespace, _, own = pod["name"].partition("/")
            if not self.books.assign_this(pod["address"], handle, {"namespace": namespace, "node": name, "pod": own, "timestamp": timestamp()}):
                problems.append("%s has %s, which another holds in the books" % (pod["name"], pod["address"]))
        said = "; ".join(problems) or None
        if said and said != self.said:
            self.agent.say(said)
        self.said = said
        return wrote

    def tunnel(self, handle, attributes):
        """The first address of the node's first block; where a pod has that, any other."""
        if self.books.assign_this(tunnel_address({"blocks": self.agent.me["blocks"]}), handle, attributes):
            return
        pools = pools_of(self.agent.conf, self.agent.objects(POOLS))
        self.books.assign(self.agent.name, handle, attributes, pools, taken=given(self.agent.conf))

    def annotate(self, node, specs):
        """The tunnel's address stands in the Node's annotations too."""
        have, wanted = node["metadata"].get("annotations") or {}, {}
        for pattern, _, annotation in TUNNELS.values():
            holder = pattern % self.agent.name
            wanted[annotation] = next((where for spec in specs for where, handle, _ in ipam.held(spec) if handle == holder), None)
        moved = {name: value for name, value in wanted.items() if have.get(name) != value}
        if moved:
            self.agent.api.patch("/api/v1/nodes/" + self.agent.name, {"metadata": {"annotations": moved}})


def fixed_handle(node, pod):
    """Of a pod that the playbooks bring: named as by the id of a container that nobody has."""
    return "k8s-pod-network." + hashlib.sha256(("%s/%s" % (node, pod)).encode()).hexdigest()


def given(conf):
    """Blocks that the playbooks gave to the members."""
    return [cidr for node in conf["nodes"] for cidr in node["blocks"]]


def modes(conf, pools):
    spec = next((pool["spec"] for pool in pools if pool["metadata"]["name"] == conf["pool_name"]), None)
    return {"ipip_mode": spec.get("ipipMode") or "Never", "vxlan_mode": spec.get("vxlanMode") or "Never"} if spec else {}


def write(agent, found):
    """Says to the data plane what is otherwise than it knows, and has it applied."""
    default = {"extra": {}, "pools": [{"cidr": agent.conf["pool"], "nat": agent.conf["nat_outgoing"]}]}
    counts = {**default, **agent.conf, **agent.live}
    if all(counts.get(name) == value for name, value in found.items()):
        return
    agent.live = {**agent.live, **found}
    with open(RUN + "/live.json.tmp", "w") as f:
        json.dump(agent.live, f)
    os.rename(RUN + "/live.json.tmp", RUN + "/live.json")
    for _ in range(3):  # a playbook may be at it too
        if subprocess.run(["systemctl", "restart", "calispray-lab-dataplane.service"]).returncode == 0:
            return
        time.sleep(1)
