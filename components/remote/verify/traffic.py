"""What pods reach: each other, names, Services, what is outside. Asked from within their network namespaces."""
from __future__ import annotations

import asyncio
import secrets
from typing import Any, Optional

from nodes import Node, Silent
from outcome import Outcome, failed, passed, several
from world import NAMESPACES, PORT


async def pods_same_node(run: Any, given: dict[str, Any], seconds: float) -> Outcome:
    ends = await asyncio.gather(run.world.pod(f"first {given['node']}"), run.world.pod(f"second {given['node']}"))
    return await between(ends, given, seconds, False)


async def pods_across_nodes(run: Any, given: dict[str, Any], seconds: float) -> Outcome:
    ends = await asyncio.gather(*(run.world.pod(f"first {name}") for name in given["nodes"]))
    return await between(ends, given, seconds, True)


async def between(ends: Any, given: dict[str, Any], seconds: float, ports: bool) -> Outcome:
    size, family = given["size"], given.get("family", 4)
    ways = [(ends[0], ends[1]), (ends[1], ends[0])]
    found = await asyncio.gather(*(path(a, b, size, family, seconds, ports) for a, b in ways))
    # The narrower way decides: a port that swallows what is too large lets a few bytes more through than its MTU.
    most = min((seen["largest"] for seen in found if seen["largest"]), default=size)
    wrong, hints = [], []
    for (a, b), seen in zip(ways, found):
        said, hint = fault(seen, size, most)
        if said:
            # On one node both ends have its name.
            wrong.append(f"{a['node'].name} → {b['node'].name}: {said}")
            hints.append(hint)
    if wrong:
        return failed("; ".join(dict.fromkeys(wrong)), hints[0])
    return passed(f"84 and {size} bytes" + (", TCP and UDP" if ports else "") + ", both ways")


async def path(a: Any, b: Any, size: int, family: int, seconds: float, ports: bool) -> dict[str, Any]:
    inside = await a["node"].inside(address(a, family))
    return await a["node"].ask("path", seconds, inside=inside, address=address(b, family), size=size, ports=ports)


def fault(seen: dict[str, Any], size: int, most: int) -> tuple[Optional[str], Optional[str]]:
    """What is wrong with a path, and what that hints at."""
    if seen["largest"] is None:
        return (seen["small"] if seen["small"] != "silent" else "no answer", "see routes and bgp-sessions; a policy, or a firewall between the nodes, may drop it")
    if seen["largest"] < size:
        told = f"a “fragmentation needed” named {seen['told']}" if seen["told"] else "and nobody says so: large packets vanish"
        return (f"{seen['largest']} bytes are the most, {told}", f"lower network.mtu to {most}, or mend the path between the nodes")
    lost = [name.upper() for name in ("tcp", "udp") if seen[name] == "silent"]
    if lost:
        return (f"echoes are answered, {' and '.join(lost)} not", "a policy or a firewall of a node drops it, or VXLAN sends it with a broken checksum: `calispray doctor` tells which")
    return (None, None)


def address(pod: dict[str, Any], family: int) -> str:
    if family not in pod["addresses"]:
        raise Silent(f"the pod on {pod['node'].name} has no IPv{family} address")
    return pod["addresses"][family]


async def each_node(run: Any, names: list[str], one: Any) -> Outcome:
    """The same from a pod on each node: `one` gives what was seen, and what is wrong with it or None."""
    async def on(name: str) -> tuple[str, Optional[str]]:
        try:
            pod = await run.world.pod(f"first {name}")
            return await one(pod, await pod["node"].inside(next(iter(pod["addresses"].values()))))
        except Silent as error:
            return ("", str(error))

    found = await asyncio.gather(*map(on, names))
    wrong = [f"from {name}: {problem}" for name, (_, problem) in zip(names, found) if problem]
    if wrong:
        return failed(several(wrong))
    return passed(f"{', '.join(dict.fromkeys(seen for seen, _ in found))} from {len(names)} node{'s' * (len(names) != 1)}")


async def dns(run: Any, given: dict[str, Any], seconds: float) -> Outcome:
    server, six = given["server"], ":" in given["address"]

    async def one(pod: dict[str, Any], inside: str) -> tuple[str, Optional[str]]:
        handed = pod["node"].hello["clusterDns"]
        found = await pod["node"].ask("dns", seconds, inside=inside, server=server, name=given["name"], tcp=given["transport"] == "tcp", six=six)
        if "problem" in found:
            return ("", f"{server}: {found['problem']}")
        if given["address"] not in found["addresses"]:
            return ("", f"{server} says {', '.join(found['addresses'])}")
        if handed and server not in handed:
            return ("", f"{server} answers, but the kubelet hands {', '.join(handed)} to pods")
        return (f"{given['address']} by {server}", None)

    outcome, seen, hint = await each_node(run, given["nodes"], one)
    return (outcome, seen, hint if outcome == "passed" else "who answers for names, and where: kubectl -n kube-system get pods -o wide | grep dns")


async def service(run: Any, given: dict[str, Any], seconds: float) -> Outcome:
    """A Service of the run's own, with the first node's pod behind it, in which the agent answers."""
    world = run.world
    server = await world.pod(f"first {given['nodes'][0]}")
    text = secrets.token_hex(8)
    inside = await server["node"].inside(next(iter(server["addresses"].values())))
    serving = server["node"].asked("serve", seconds + 30, {"inside": inside, "port": PORT, "text": text, "six": 6 in server["addresses"]})
    try:
        await serving.__anext__()
        spec = {"selector": {"calispray.dev/pod": server["name"]}, "ports": [{"port": 80, "targetPort": PORT}]}
        body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "service"}, "spec": spec}
        made = await world.create(f"{NAMESPACES}/{world.name}/services", body)
        cluster_ip = made["spec"]["clusterIP"]

        async def one(pod: dict[str, Any], inside: str) -> tuple[str, Optional[str]]:
            found = await pod["node"].ask("connect", seconds - 1, inside=inside, address=cluster_ip, port=80)
            if found["open"] and found["said"] == text:
                return (f"{cluster_ip} reached", None)
            return ("", f"{cluster_ip}:80 answers “{found['said']}”, which is somebody else" if found["open"] else f"{cluster_ip}:80: {found['said']}")

        outcome, seen, hint = await each_node(run, given["nodes"], one)
        return (outcome, seen, hint if outcome == "passed" else "kube-proxy puts Services into the nodes: kubectl -n kube-system get pods -l k8s-app=kube-proxy")
    finally:
        await serving.aclose()


async def outside(run: Any, given: dict[str, Any], seconds: float) -> Outcome:
    family = given.get("family", 4)
    pod = await run.world.pod(f"first {given['from']}")
    to: Node = await run.node(given["to"])
    source: Node = pod["node"]
    target = own_address(run, to, family)
    inside = await source.inside(address(pod, family))
    # An odd size tells our echoes from those of others.
    size = 200 + secrets.randbelow(1000)
    listening = to.asked("sender", seconds, {"address": target, "size": size})
    try:
        await listening.__anext__()
        answer = await source.ask("echo", seconds - 2, inside=inside, address=target, size=size)
        seen = await value_of(listening) if answer["answer"] else await asyncio.wait_for(value_of(listening), 1)
    except asyncio.TimeoutError:
        seen = None
    finally:
        await listening.aclose()
    own = address(pod, family)
    if seen is None and answer["answer"]:
        return failed(f"{target} answers, but {to.name} sees nothing of it: another host has that address too")
    if seen is None:
        return failed(f"no answer from {target}: {answer['said']}; nothing of it came in at {to.name}", "see routes; a firewall or a policy may drop it on its way out")
    if given["snat"] and seen == own:
        return failed(f"{to.name} sees the pod’s own address {seen}", "natOutgoing of the pool is off, or the node’s NAT rules are missing")
    if given["snat"] and seen not in source.hello["addresses"]:
        return failed(f"{to.name} sees {seen}, which is no address of {source.name}")
    if not given["snat"] and seen != own:
        return failed(f"{to.name} sees {seen}, not the pod’s own address {own}", "natOutgoing of the pool is on")
    if not answer["answer"]:
        return failed(f"{to.name} sees {seen}, but its answer does not come back: {answer['said']}", "a firewall of the node’s own may drop echoes")
    return passed(f"{to.name} sees {seen}")


async def value_of(answers: Any) -> Any:
    return (await answers.__anext__())["value"]


def own_address(run: Any, node: Node, family: int) -> str:
    declared = next(each for each in run.plan["nodes"] if each["name"] == node.name)
    found = declared["address"] if family == 4 else declared.get("address6")
    if found is None:
        raise Silent(f"{node.name} has no IPv6 address in the plan")
    return found


async def outside_address(run: Any, given: dict[str, Any], seconds: float) -> Outcome:
    async def one(pod: dict[str, Any], inside: str) -> tuple[str, Optional[str]]:
        if "port" in given:
            found = await pod["node"].ask("port", seconds - 1, inside=inside, address=given["address"], port=given["port"])
            return ("open", None) if found == "open" else ("", found)
        found = await pod["node"].ask("echo", seconds - 1, inside=inside, address=given["address"], size=84)
        return ("answered", None) if found["answer"] else ("", found["said"])

    return await each_node(run, given["nodes"], one)
