"""Which run comes next, and what a run that ended well carried out. Pure: values in, values out.

The TypeScript of kubespray/plan says the same in the preview; a test runs both over random pairs of facts. A step is
{"kind": one of StepKind, "hosts": [those it is about, sorted], "peers"?: [those it takes away]}. A fact is ("release",),
("settings",), ("calico",), ("member", HOST) or ("peer", PEER). The order of the steps is that of the plan, whichever fact
is asked for first: so what the preview shows is what runs.
"""
from __future__ import annotations

from typing import Any, Optional

from store import Refused, same

Facts = dict[str, Any]
Step = dict[str, Any]
Desired = dict[str, Any]

REFLECTORS = "calico_rr"
# What changes etcd and the control plane goes before what a worker needs of them, whichever host asks first.
JOINS = ("join-etcd", "join-control-plane", "join")
WHOLE = ("upgrade", "converge", "join-control-plane", "join-etcd")


def decide(fact: tuple[str, ...], applied: Optional[Facts], desired: Desired) -> Optional[Step]:
    """The run that is next on the way to this fact; None where it is carried out. Refused where no run leads there."""
    if applied is not None and same(part_of(fact, applied), part_of(fact, desired["facts"])):
        return None
    step = next_step(applied, desired)
    if step is None:
        raise Refused(f"{' '.join(fact)}: what differs there is nothing that a run can change. `calispray plan` shows it.")
    return step


def part_of(fact: tuple[str, ...], facts: Facts) -> Any:
    if fact[0] == "member":
        return facts["hosts"].get(fact[1])
    return facts["peers"].get(fact[1]) if fact[0] == "peer" else facts[fact[0]]


def decide_gone(what: str, name: str, applied: Optional[Facts], desired: Desired) -> Optional[Step]:
    """The run that takes a host or a peer away; None where it is gone, was never there, or stays."""
    part = "hosts" if what == "member" else "peers"
    if name in desired["facts"][part] or applied is None or name not in applied[part]:
        return None
    if what == "peer":
        return {"kind": "unpeer", "hosts": members_of(applied, desired["facts"]), "peers": [name]}
    if name in (applied.get("first") or {}).values():
        raise Refused(f"{name} is the first of the control plane or of etcd: kubespray cannot do without it. docs/operations.md has the way.")
    return {"kind": "remove-dead" if name in desired["removeDead"] else "remove", "hosts": [name]}


def plan(applied: Optional[Facts], desired: Desired) -> list[Step]:
    """Every run from the one to the other, in their order."""
    steps: list[Step] = []
    step = next_step(applied, desired)
    while step is not None:
        steps.append(step)
        applied = carried_out(step, applied, desired)
        step = next_step(applied, desired)
    for what, part in (("peer", "peers"), ("member", "hosts")):
        gone = [decide_gone(what, name, applied, desired) for name in sorted((applied or desired["facts"])[part])]
        steps += sorted((each for each in gone if each is not None), key=lambda each: each["kind"] == "remove-dead")
    return steps


def next_step(applied: Optional[Facts], desired: Desired) -> Optional[Step]:
    """The first run that is needed, but for hosts and peers that leave."""
    wanted: Facts = desired["facts"]
    if applied is None:
        return {"kind": "build", "hosts": list(wanted["hosts"])}
    refuse_fixed(applied, desired)
    members = members_of(applied, wanted)
    before, after = applied["release"], wanted["release"]
    if before["version"] != after["version"] or before["kubernetes"] != after["kubernetes"]:
        return {"kind": "upgrade", "hosts": members}
    if any(differs(name, applied["calico"], wanted["calico"]) for name in desired["migrates"]):
        return {"kind": "migrate", "hosts": members}
    if not same(before, after) or not same(applied["settings"], wanted["settings"]):
        return {"kind": "converge", "hosts": members}
    if network_differs(applied, wanted, members):
        return {"kind": "calico", "hosts": members}
    if any(differs("settings", applied["hosts"][name], wanted["hosts"][name]) for name in members):
        return {"kind": "label", "hosts": members}
    joining = {name: desired["joins"][name] for name in sorted(wanted["hosts"]) if joins(applied["hosts"].get(name), wanted["hosts"][name])}
    for kind in JOINS:
        hosts = [name for name, how in joining.items() if how == kind]
        if hosts:
            return {"kind": kind, "hosts": hosts}
    return None


def network_differs(applied: Facts, wanted: Facts, members: list[str]) -> bool:
    peers = joined_peers(wanted, applied["hosts"])
    return (
        not same(applied["calico"], wanted["calico"])
        or any(differs(name, applied["peers"], peers) for name in peers)
        or any(differs("calico", applied["hosts"][name], wanted["hosts"][name]) for name in members)
        or any(reflects(applied["hosts"][name], wanted["hosts"][name]) for name in members)
    )


def joined_peers(wanted: Facts, hosts: Any) -> dict[str, Any]:
    """Peers but those of a host that has not joined: they come with it."""
    return {name: peer for name, peer in wanted["peers"].items() if peer.get("node") is None or peer["node"] in hosts}


def members_of(applied: Facts, wanted: Facts) -> list[str]:
    """Hosts that have joined, and stay."""
    return [name for name in wanted["hosts"] if name in applied["hosts"]]


def gained(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Further groups of a member; none where it loses one, which no run does."""
    return set(after["groups"]) - set(before["groups"]) if set(before["groups"]) <= set(after["groups"]) else set()


def reflects(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return gained(before, after) == {REFLECTORS}


def joins(before: Optional[dict[str, Any]], after: dict[str, Any]) -> bool:
    """A new host, or a member with further groups. A node of the cluster becomes no etcd member and no control plane: it is
    to be removed before (kubespray v2.31.0 docs/operations/nodes.md:126)."""
    if before is None:
        return True
    more = gained(before, after)
    if "etcd" in more or ("kube_control_plane" in more and set(before["groups"]) - {"etcd"}):
        return False
    return bool(more - {REFLECTORS})


def carried_out(step: Step, applied: Optional[Facts], desired: Desired) -> Optional[Facts]:
    """The record after a step ended well; None after a reset."""
    wanted: Facts = desired["facts"]
    kind = step["kind"]
    if kind == "reset":
        return None
    if applied is None or kind == "build":
        return wanted
    hosts, peers = dict(applied["hosts"]), dict(applied["peers"])
    members = hosts.keys() & wanted["hosts"].keys()
    after = {**applied}

    def take(*parts: str) -> None:
        for name in members:
            hosts[name] = {**hosts[name], **{part: wanted["hosts"][name][part] for part in parts}}

    if kind in ("remove", "remove-dead"):
        for name in step["hosts"]:
            hosts.pop(name, None)
    elif kind == "unpeer":
        for name in step["peers"]:
            peers.pop(name, None)
    elif kind == "label":
        take("settings")
    elif kind in ("migrate", "calico"):
        after["calico"] = wanted["calico"]
        take("calico")
    elif kind in WHOLE:
        after.update({part: wanted[part] for part in ("release", "settings", "calico")})
        take("settings", "calico")
    for name in members if kind in ("migrate", "calico", *WHOLE) else ():
        if reflects(hosts[name], wanted["hosts"][name]):
            hosts[name] = {**hosts[name], "groups": wanted["hosts"][name]["groups"]}
    if kind in JOINS:
        hosts.update({name: wanted["hosts"][name] for name in step["hosts"]})
    if kind in ("migrate", "calico", *WHOLE, *JOINS):
        only = None if kind != "join" else set(step["hosts"])
        peers.update({name: peer for name, peer in joined_peers(wanted, hosts).items() if only is None or peer.get("node") in only})
    return {**after, "hosts": hosts, "peers": peers}


def refuse_fixed(applied: Facts, desired: Desired) -> None:
    """A net below the rules of the preview, for whoever comes past them: a living cluster cannot change these."""
    wanted = desired["facts"]
    if not same(applied.get("first"), wanted.get("first")):
        raise Refused("the first of the control plane or of etcd is another one: kubespray builds on who was first. docs/operations.md has the way.")
    pairs = [(applied[part], wanted[part], name, name) for part in ("settings", "calico") for name in desired["fixed"][part]]
    for host in sorted(applied["hosts"].keys() & wanted["hosts"].keys()):
        pairs += [(applied["hosts"][host], wanted["hosts"][host], name, f"{name} of {host}") for name in ("address", "address6", "etcdMember")]
    for before, after, name, words in pairs:
        if differs(name, before, after):
            raise Refused(f"{words} is {before.get(name)} in this cluster and cannot become {after.get(name)}: docs/operations.md has the way.")


def differs(name: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    return (name in before) != (name in after) or not same(before.get(name), after.get(name))
