#!/usr/bin/python
"""Which node has which blocks of the pool: the part Calico's IPAM keeps in its datastore.

A node keeps its place for as long as it is a member, whatever comes and goes around
it; a new one gets the lowest free place. Places are contiguous: with a pool of
10.244.0.0/16 and blocks of /26, 10.244.0.0/26, 10.244.0.64/26, 10.244.0.128/26.

    path:    /etc/calico/blocks.json
    pool, block_size
    nodes:   [{name, address}]   # join, in this order
    remove:  [name]
    api:     {server, ca, cert, key}   # whose blocks Calico's IPAM gave away since; where it answers
  → members: [{name, address, place, blocks}]
"""
import ipaddress
import json
import os
import ssl
import sys
import urllib.request

GIVEN = r"""<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>"""
# A tunnel address and two pods need three addresses; pods of ordinary blocks stand at +5 and +10.
NEEDED = 3


def claimed(server, ca, cert, key):
    """{cidr: node} of the blocks in the API; nothing where there are none yet, or nobody answers."""
    try:
        context = ssl.create_default_context(cafile=ca)
        context.load_cert_chain(cert, key)
        with urllib.request.urlopen(server + "/apis/crd.projectcalico.org/v1/ipamblocks", timeout=5, context=context) as answer:
            specs = [item["spec"] for item in json.load(answer)["items"]]
    except OSError:
        return {}
    return {spec["cidr"]: (spec.get("affinity") or "").partition(":")[2] for spec in specs}


def end(**result):
    print(json.dumps(result))
    sys.exit(1 if result.get("failed") else 0)


def main():
    p = json.loads(GIVEN)
    pool, size = ipaddress.ip_network(p["pool"], strict=False), int(p["block_size"])
    if not pool.prefixlen <= size <= 32:
        end(failed=True, msg="a block of /%d does not fit into the pool %s" % (size, pool))
    before = {}
    if os.path.exists(p["path"]):
        with open(p["path"]) as f:
            before = json.load(f)
    same = before.get("pool") == str(pool) and before.get("block_size") == size
    members = {m["name"]: m for m in (before.get("members", []) if same else []) if m["name"] not in p.get("remove", [])}

    each = max(1, -(-NEEDED // 2 ** (32 - size)))
    places = 2 ** (size - pool.prefixlen) // each
    joining = [node for node in p.get("nodes", []) if node["name"] not in members]
    others = claimed(**p["api"]) if joining and p.get("api") else {}
    first = int(pool.network_address)

    def blocks_at(place):
        return ["%s/%d" % (ipaddress.ip_address(first + (place * each + i) * 2 ** (32 - size)), size) for i in range(each)]

    for node in p.get("nodes", []):
        taken = {m["place"] for m in members.values()}
        free = (i for i in range(places) if i not in taken and all(others.get(b, node["name"]) == node["name"] for b in blocks_at(i)))
        place = members[node["name"]]["place"] if node["name"] in members else next(free, None)
        if place is None:
            end(failed=True, msg="the pool %s has blocks of /%d for %d nodes: none is left for %s" % (pool, size, places, node["name"]))
        blocks = blocks_at(place)
        members[node["name"]] = {"name": node["name"], "address": node["address"], "place": place, "blocks": blocks}

    after = {"pool": str(pool), "block_size": size, "members": sorted(members.values(), key=lambda m: m["place"])}
    if after != before:
        os.makedirs(os.path.dirname(p["path"]), exist_ok=True)
        with open(p["path"] + ".tmp", "w") as f:
            json.dump(after, f, indent=2)
        os.rename(p["path"] + ".tmp", p["path"])
    end(changed=after != before, members=after["members"])


if __name__ == "__main__":
    main()
