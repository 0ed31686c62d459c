"""Blocks, affinities and handles as Calico's IPAM writes them (crd.projectcalico.org/v1). Touches nothing.

Calico v3.31.5 libcalico-go/lib/ipam/ipam_block.go, libcalico-go/lib/backend/model/block.go: `allocations` has a place for
each address, null or an index into `attributes`; `unallocated` is the order in which free places are given.
"""
import base64
import hashlib
import ipaddress
import re
import time

GROUP = "crd.projectcalico.org/v1"
# Where nobody says how many blocks a node may have (libcalico-go/lib/ipam/ipam.go:735).
MOST_BLOCKS = 20


class NoAddress(Exception):
    """None is free; says so in Calico's words."""


def block_name(cidr):
    return cidr.replace(".", "-").replace("/", "-")


def new_block(cidr, node):
    """An IPAMBlock that belongs to a node."""
    size = ipaddress.ip_network(cidr).num_addresses
    spec = {"affinity": "host:" + node, "allocations": [None] * size, "attributes": [], "cidr": cidr, "deleted": False,
            "sequenceNumber": time.time_ns(), "sequenceNumberForAllocation": {}, "strictAffinity": False, "unallocated": list(range(size))}
    return {"apiVersion": GROUP, "kind": "IPAMBlock", "metadata": {"name": block_name(cidr)}, "spec": spec}


def affinity(cidr, node):
    """The BlockAffinity that goes with it (libcalico-go/lib/backend/k8s/resources/ipam_affinity.go)."""
    hashed = base64.b32encode(hashlib.sha3_256(node.encode()).digest()).decode().rstrip("=")
    labels = {"projectcalico.org/hostname-hash": hashed, "projectcalico.org/affinity-type": "host", "projectcalico.org/ip-version": "4"}
    return {"apiVersion": GROUP, "kind": "BlockAffinity", "metadata": {"name": "%s-%s" % (node, block_name(cidr)), "labels": labels},
            "spec": {"cidr": cidr, "deleted": "false", "node": node, "state": "confirmed", "type": "host"}}


def handle(name, blocks):
    """`blocks` is {cidr: number of addresses}."""
    return {"apiVersion": GROUP, "kind": "IPAMHandle", "metadata": {"name": name.lower()}, "spec": {"handleID": name, "block": blocks, "deleted": False}}


def owner(spec):
    """The node that a block belongs to, or None."""
    kind, _, node = (spec.get("affinity") or "").partition(":")
    return node if kind == "host" else None


def address(spec, place):
    return str(ipaddress.ip_network(spec["cidr"])[place])


def ordinal(spec, where):
    """The place of an address within its block."""
    return int(ipaddress.ip_address(where)) - int(ipaddress.ip_network(spec["cidr"]).network_address)


def held(spec):
    """[(address, handle, attributes)] of the addresses of a block that somebody has."""
    found = []
    for place, index in enumerate(spec["allocations"]):
        if index is not None:
            entry = spec["attributes"][index]
            found.append((address(spec, place), entry.get("handle_id"), entry.get("secondary") or {}))
    return found


def free(spec, reserved=()):
    """Places that may be given, in the order of their turn; `reserved` are networks that nobody gets."""
    if not reserved:
        return spec["unallocated"]
    return [o for o in spec["unallocated"] if not any(ipaddress.ip_address(address(spec, o)) in network for network in reserved)]


def take(spec, place, name, attributes):
    """Gives the place to the handle `name`. The address."""
    entry = {"handle_id": name, "secondary": attributes}
    if entry not in spec["attributes"]:
        spec["attributes"].append(entry)
    spec["allocations"][place] = spec["attributes"].index(entry)
    spec["unallocated"].remove(place)
    spec["sequenceNumber"] += 1
    spec.setdefault("sequenceNumberForAllocation", {})[str(place)] = spec["sequenceNumber"]
    return address(spec, place)


def give_back(spec, lost):
    """Frees every address of which `lost(handle, attributes, address, sequence number)` says so; they go last in the order. {handle: number}."""
    numbers, count = spec.setdefault("sequenceNumberForAllocation", {}), {}
    for place, index in enumerate(spec["allocations"]):
        entry = spec["attributes"][index] if index is not None else {}
        if index is not None and lost(entry.get("handle_id"), entry.get("secondary") or {}, address(spec, place), numbers.get(str(place))):
            count[entry.get("handle_id")] = count.get(entry.get("handle_id"), 0) + 1
            spec["allocations"][place] = None
            spec["unallocated"].append(place)
            numbers.pop(str(place), None)
    if count:
        stays = sorted({index for index in spec["allocations"] if index is not None})
        spec["allocations"] = [None if index is None else stays.index(index) for index in spec["allocations"]]
        spec["attributes"] = [spec["attributes"][i] for i in stays]
        spec["sequenceNumber"] += 1
    return count


def blocks_of(pool):
    """CIDRs of the blocks of {cidr, blockSize}, the last first: the playbooks give nodes their first blocks from the other end."""
    cidr, size = ipaddress.ip_network(pool["cidr"]), int(pool.get("blockSize") or 26)
    first, each = int(cidr.network_address), 2 ** (32 - size)
    return ("%s/%d" % (ipaddress.ip_address(first + i * each), size) for i in reversed(range(cidr.num_addresses // each)))


def within(cidr, pools):
    """The pool of the list that a block lies in, or None."""
    network = ipaddress.ip_network(cidr)
    return next((pool for pool in pools if network.subnet_of(ipaddress.ip_network(pool["cidr"]))), None)


def networks(cidrs):
    return [ipaddress.ip_network(cidr) for cidr in cidrs if ":" not in cidr]


TERM = re.compile(r"""(!?)\s*has\(([^)]+)\)|(\S+)\s*(==|!=)\s*(['"])(.*)\5|(\S+)\s+(not in|in)\s+\{(.*)\}""")


def selects(selector, labels):
    """Calico's selectors as far as pools need them: `all()`, and terms joined by `&&`. What is beyond that selects nothing."""
    for term in (selector or "all()").split("&&"):
        term = term.strip()
        if term in ("all()", "global()"):
            continue
        found = TERM.fullmatch(term)
        if not found:
            return False
        no, has, name, sign, _, value, listed, word, values = found.groups()
        if has and (has.strip() in labels) == bool(no):
            return False
        if name and (labels.get(name) == value) != (sign == "=="):
            return False
        if listed and (labels.get(listed) in [v.strip().strip("'\"") for v in values.split(",")]) != (word == "in"):
            return False
    return True


def choose(node, blocks, pools, config, reserved, taken):
    """Where the node's next address comes from: (spec of a block, new) or NoAddress. Only looks.

    blocks     specs of all there are
    pools      those the pod may have an address of, [{cidr, blockSize}]
    config     spec of the IPAMConfig
    taken      CIDRs of blocks that the playbooks gave away and that are not in the books yet
    """
    strict, most = config.get("strictAffinity"), config.get("maxBlocksPerHost") or MOST_BLOCKS
    own = [b for b in blocks if owner(b) == node and within(b["cidr"], pools)]
    for spec in own:
        if free(spec, reserved):
            return spec, False
    if len(own) >= most:
        raise NoAddress("cannot allocate new block due to per host block limit")
    known = {b["cidr"] for b in blocks} | set(taken)
    for pool in pools if config.get("autoAllocateBlocks", True) else []:
        for cidr in blocks_of(pool):
            if cidr not in known and not any(ipaddress.ip_network(cidr).subnet_of(r) for r in reserved):
                return new_block(cidr, node)["spec"], True
    for pool in [] if strict else pools:
        for spec in blocks:
            if within(spec["cidr"], [pool]) and free(spec, reserved):
                return spec, False
    why = "No more free affine blocks and strict affinity enabled" if strict else "No IPs available in pools: [%s]" % " ".join(p["cidr"] for p in pools)
    raise NoAddress("failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; " + why)


def carried(blocks, nodes):
    """What of the books is beyond the playbooks' own: {node: {more: [cidr], borrowed: [address], tunnel: address}}.

    `nodes` are those of dataplane.json. A node with nothing beyond is not named.
    """
    given = {n["name"]: n["blocks"] for n in nodes}
    found = {name: {"more": [], "borrowed": [], "tunnel": None} for name in given}
    for spec in blocks:
        home = owner(spec)
        if home in given and spec["cidr"] not in given[home]:
            found[home]["more"].append(spec["cidr"])
        for where, name, attributes in held(spec):
            holder = attributes.get("node")
            if holder in given and holder != home:
                found[holder]["borrowed"].append(where)
            if holder in given and attributes.get("type") in ("ipipTunnelAddress", "vxlanTunnelAddress") and where != given[holder][0].split("/")[0]:
                found[holder]["tunnel"] = where
    some = {name: {k: sorted(v) if isinstance(v, list) else v for k, v in each.items() if v} for name, each in found.items()}
    return {name: each for name, each in some.items() if each}
