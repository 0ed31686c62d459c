"""What carries packets between nodes: BGP sessions and routes, as the nodes have them."""
from __future__ import annotations

import ipaddress
from typing import Any

from outcome import Outcome, failed, not_judged, passed, settled, several


async def bgp_sessions(run: Any, given: dict[str, Any], seconds: float) -> Outcome:
    six = given.get("family") == 6
    node = await run.node(given["node"])
    others = [each for each in run.plan["nodes"] if each["name"] != given["node"]] if given.get("mesh") else []
    wanted = {str(ipaddress.ip_address(each)) for each in [*given["peers"], *(each["address6" if six else "address"] for each in others)]}

    async def look() -> Outcome:
        sessions = await node.ask("bird", 10, six=six)
        if sessions is None:
            return failed("no BIRD runs", "calico_network_backend is bird, and calico-node should run it") if wanted else passed("no BIRD runs, no session")
        states = {str(ipaddress.ip_address(each["peer"])): each["state"] for each in sessions}
        well = [peer for peer in wanted if states.get(peer, "").startswith("Established")]
        wrong = [f"{peer} is {states.get(peer, 'no session')}" for peer in sorted(wanted - set(well))]
        more = [f"{peer}, which is not declared, is {state}" for peer, state in sorted(states.items()) if peer not in wanted]
        if not wrong and not more:
            return passed(f"{len(well)} Established" if wanted else "no session")
        return failed(several([f"{len(well)} of {len(wanted)} Established" if wanted else "none is expected", *wrong, *more]), hint(wrong))

    return await settled(look, seconds)


def hint(wrong: list[str]) -> str:
    said = " ".join(wrong)
    if "Bad peer AS" in said or "AS" in said.split():
        return "the two ends are told different AS numbers"
    if "refused" in said or "Active" in said or "Connect" in said or "No route" in said:
        return "TCP 179 must pass between the nodes, and BIRD run at both ends"
    return "`calispray doctor` looks for the reason"


async def routes(run: Any, given: dict[str, Any], seconds: float) -> Outcome:
    six = given.get("family") == 6
    node = await run.node(given["node"])
    others = given.get("others") or [each["name"] for each in run.plan["nodes"] if each["name"] != given["node"]]

    async def look() -> Outcome:
        blocks = await (pod_cidrs(run) if given.get("ipam") == "host-local" else ipam_blocks(run))
        if blocks is None:
            return not_judged("no blocks are in the API", "Calico keeps them elsewhere: in its own etcd")
        if not blocks:
            return failed("no node has a block of addresses", "Calico gives a node one with its first pod")
        wanted = [(owner, cidr) for owner, cidr in blocks if owner in others and (":" in cidr) == six]
        found = await node.ask("routes", 15, to=[cidr for _, cidr in wanted], six=six)
        wrong = [said for (owner, cidr), route in zip(wanted, found) for said in fault(owner, cidr, route)]
        without = [name for name in others if name not in {owner for owner, _ in wanted}]
        if wrong:
            return failed(several([f"{len(wanted) - len(wrong)} of {len(wanted)} blocks have a route", *wrong]), "BIRD or Felix puts them there: see bgp-sessions, or the log of calico-node")
        return passed(f"{len(wanted)} of {len(wanted)} blocks have a route" + (f"; no block yet: {', '.join(without)}" if without else ""))

    return await settled(look, seconds)


def fault(owner: str, cidr: str, route: Any) -> list[str]:
    if route is None or route["to"] in ("0.0.0.0/0", "::/0"):
        return [f"none to {cidr} of {owner}"]
    return [] if route["type"] == "unicast" else [f"{cidr} of {owner} is {route['type']} here"]


async def ipam_blocks(run: Any) -> Any:
    """(node, CIDR) of every block that belongs to a node."""
    rows = await run.api.calico("ipamblocks", "spec.affinity", "spec.cidr", "spec.deleted")
    if rows is None:
        return None
    return [(affinity.partition(":")[2], cidr) for affinity, cidr, deleted in rows if (affinity or "").startswith("host:") and not deleted]


async def pod_cidrs(run: Any) -> Any:
    rows = await run.api.read("/api/v1/nodes", ["metadata.name", "spec.podCIDRs"])
    return [(name, cidr) for name, cidrs in rows or [] for cidr in cidrs or []]
