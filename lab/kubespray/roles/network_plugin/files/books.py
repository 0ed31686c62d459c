"""The books of Calico's IPAM in the API: each write goes on from what was read, and starts over where somebody was quicker."""
import ipaddress

import ipam
from api import Refused

ROOT = "/apis/crd.projectcalico.org/v1/"
TRIES = 20


class Books:
    def __init__(self, api):
        self.api = api

    def blocks(self):
        """Every IPAMBlock, by CIDR in the order of addresses."""
        items = self.api.ask("GET", ROOT + "ipamblocks")["items"]
        return sorted(items, key=lambda b: ipaddress.ip_network(b["spec"]["cidr"]))

    def config(self):
        found = self.api.get(ROOT + "ipamconfigs/default")
        return found["spec"] if found else {}

    def claim(self, node, cidr):
        """Makes the block the node's. True, or False where it has another owner."""
        for path, item in (("blockaffinities", ipam.affinity(cidr, node)), ("ipamblocks", ipam.new_block(cidr, node))):
            status, answer = self.api.call("POST", ROOT + path, item)
            if status == 409 and path == "ipamblocks":
                there = self.api.get("%sipamblocks/%s" % (ROOT, ipam.block_name(cidr)))
                if there is None or ipam.owner(there["spec"]) != node:
                    self.api.call("DELETE", "%sblockaffinities/%s" % (ROOT, ipam.affinity(cidr, node)["metadata"]["name"]))
                    return False
            elif status not in (201, 409):
                raise Refused(status, answer)
        return True

    def assign(self, node, name, attributes, pools, reserved=(), taken=()):
        """An address out of the pools for the handle `name`; NoAddress where there is none."""
        config = self.config()
        for _ in range(TRIES):
            blocks = self.blocks()
            spec, new = ipam.choose(node, [b["spec"] for b in blocks], pools, config, reserved, taken)
            if new:
                self.claim(node, spec["cidr"])
                continue
            block = next(b for b in blocks if b["spec"] is spec)
            given = ipam.take(spec, ipam.free(spec, reserved)[0], name, attributes)
            if self.put(block):
                self.count(name, spec["cidr"], 1)
                return given
        raise RuntimeError("no address for %s: the blocks changed %d times meanwhile" % (name, TRIES))

    def assign_this(self, address, name, attributes):
        """That address for the handle `name`; True where it has it. False where another has, or no block holds it."""
        for _ in range(TRIES):
            block = next((b for b in self.blocks() if ipaddress.ip_address(address) in ipaddress.ip_network(b["spec"]["cidr"])), None)
            if block is None:
                return False
            spec = block["spec"]
            holder = next((h for where, h, _ in ipam.held(spec) if where == address), None)
            if holder is not None:
                return holder == name
            place = ipam.ordinal(spec, address)
            if place not in spec["unallocated"]:
                return False
            ipam.take(spec, place, name, attributes)
            if self.put(block):
                self.count(name, spec["cidr"], 1)
                return True
        raise RuntimeError("%s for %s: the block changed %d times meanwhile" % (address, name, TRIES))

    def release(self, name):
        """What the handle holds is free again; the handle goes."""
        self.free(lambda handle, *_: handle == name)
        self.api.call("DELETE", ROOT + "ipamhandles/" + name.lower())

    def free_these(self, gone):
        """Frees {(address, handle, sequence number)}; who has another handle or number by now keeps it. How many."""
        freed = []
        for name in self.free(lambda handle, _, address, number: (address, handle, number) in gone and (freed.append(address) or True)):
            self.api.call("DELETE", ROOT + "ipamhandles/" + name.lower())
        return len(set(freed))

    def free(self, lost):
        """Frees every address of which `lost` says so (ipam.give_back). The handles."""
        gone = set()
        for _ in range(TRIES):
            again = False
            for block in self.blocks():
                count = ipam.give_back(block["spec"], lost)
                if not count:
                    continue
                empty = not ipam.held(block["spec"]) and ipam.owner(block["spec"]) is None
                again |= not (self.drop("ipamblocks", block) if empty else self.put(block))
                gone |= set(count)
            if not again:
                return gone
        raise RuntimeError("the blocks changed %d times while addresses were freed" % TRIES)

    def forget(self, node):
        """All that a node held, when it is gone: what kube-controllers clean up after it."""
        for name in self.free(lambda _, attributes, *more: attributes.get("node") == node):
            self.api.call("DELETE", ROOT + "ipamhandles/" + name.lower())
        for block in self.blocks():
            if ipam.owner(block["spec"]) != node:
                continue
            if ipam.held(block["spec"]):  # borrowed by others, who go on
                block["spec"].pop("affinity")
                self.put(block)
            else:
                self.drop("ipamblocks", block)
            self.api.call("DELETE", "%sblockaffinities/%s" % (ROOT, ipam.affinity(block["spec"]["cidr"], node)["metadata"]["name"]))

    def count(self, name, cidr, more):
        """Keeps the handle's own list of what it has in which block."""
        status, answer = self.api.call("POST", ROOT + "ipamhandles", ipam.handle(name, {cidr: more}))
        if status == 409:
            there = self.api.ask("GET", ROOT + "ipamhandles/" + name.lower())
            have = there["spec"]["block"]
            self.api.patch(ROOT + "ipamhandles/" + name.lower(), {"spec": {"block": {cidr: have.get(cidr, 0) + more}}})
        elif status != 201:
            raise Refused(status, answer)

    def put(self, block):
        """True, or False where somebody else wrote meanwhile."""
        status, answer = self.api.call("PUT", ROOT + "ipamblocks/" + block["metadata"]["name"], block)
        if status not in (200, 404, 409):
            raise Refused(status, answer)
        return status == 200

    def drop(self, kind, item):
        precondition = {"preconditions": {"uid": item["metadata"]["uid"], "resourceVersion": item["metadata"]["resourceVersion"]}}
        return self.api.call("DELETE", "%s%s/%s" % (ROOT, kind, item["metadata"]["name"]), precondition)[0] in (200, 202, 404)
