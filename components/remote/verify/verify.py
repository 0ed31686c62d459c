"""Carries a verification out, on the controller: see README.md. Python 3.9 or newer.

Everything that can be goes on at once. However it ends (by itself, by its time limit, by a signal, by nobody reading any more), what it made
is taken away first; where it is killed, the agents do that, and where they are killed too, the next verification.
"""
from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import sys
import time
from typing import Any, Awaitable, Callable, Optional

import cluster
import policy
import routing
import traffic
from api import Api
from nodes import Inventory, Node, Silent
from outcome import Outcome, failed
from world import MARGIN, World

CONNECTING = 32  # connections that are made at once
STDOUT = 1


def no_pods(_given: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return []


def pods_on(*keys: str) -> Callable[[dict[str, Any]], list[tuple[str, str, bool]]]:
    """The first pod of each node that is named by those keys."""
    def needs(given: dict[str, Any]) -> list[tuple[str, str, bool]]:
        names = [name for key in keys for name in (given[key] if isinstance(given[key], list) else [given[key]])]
        return [(f"first {name}", name, False) for name in names]

    return needs


def two_pods(given: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(f"{which} {given['node']}", given["node"], False) for which in ("first", "second")]


def client_and_server(given: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [("policy client", given["nodes"][0], True), ("policy server", given["nodes"][-1], True)]


Check = Callable[["Run", dict[str, Any], float], Awaitable[Outcome]]

# Each kind: the function, and the pods that it needs as (key, node, beside).
KINDS: dict[str, tuple[Check, Callable[[dict[str, Any]], list[tuple[str, str, bool]]]]] = {
    "node": (cluster.node, no_pods),
    "component": (cluster.component, no_pods),
    "kubelet-version": (cluster.kubelet_version, no_pods),
    "calico-version": (cluster.calico_version, no_pods),
    "pool": (cluster.pool, no_pods),
    "bgp-sessions": (routing.bgp_sessions, no_pods),
    "routes": (routing.routes, no_pods),
    "pods-same-node": (traffic.pods_same_node, two_pods),
    "pods-across-nodes": (traffic.pods_across_nodes, pods_on("nodes")),
    "dns": (traffic.dns, pods_on("nodes")),
    "service": (traffic.service, pods_on("nodes")),
    "outside": (traffic.outside, pods_on("from")),
    "outside-address": (traffic.outside_address, pods_on("nodes")),
    "policy": (policy.policy, client_and_server),
}


class Run:
    def __init__(self, given: dict[str, Any]) -> None:
        self.plan: dict[str, Any] = given["plan"]
        self.given = given
        self.began = time.monotonic()
        self.over = asyncio.Event()
        self.why = ""
        self.nodes = {each["name"]: Node(each["name"], each["address"], each["roles"]) for each in self.plan["nodes"]}
        self.api = Api(list(self.nodes.values()))
        needs = {need[0]: need for check in self.plan["checks"] for need in KINDS[check["kind"]][1](check["with"])}
        self.world = World(self.api, self.nodes, self.plan, list(needs.values()), self.step)
        self.results: dict[str, Outcome] = {}
        self.left: list[str] = []

    # --- what checks ask

    async def node(self, name: str) -> Node:
        return await self.nodes[name].here()

    async def lab(self) -> bool:
        """Told by the target itself, whatever the stack is called."""
        return bool((await self.api.node()).hello["lab"])

    # --- the course of it

    async def carry_out(self) -> int:
        inventory = Inventory(self.plan["cluster"])
        watching = asyncio.create_task(self.watch())
        count = len(self.nodes)
        self.step(f"Connecting from the controller to {count} node{'s' * (count != 1)}.")
        connecting = asyncio.create_task(self.connect(inventory))
        making = asyncio.create_task(self.make())
        checks = [asyncio.create_task(self.judge(check)) for check in self.plan["checks"]]
        removing = asyncio.create_task(self.remove(making, checks))
        try:
            stop = asyncio.create_task(self.over.wait())
            limit = self.began + self.plan["seconds"] - time.monotonic()
            everything = asyncio.gather(*checks)
            await asyncio.wait({stop, everything}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            why = self.why or f"not done within the {self.plan['seconds']} s that all of it may take (verify.seconds)"
            for task in (making, *checks):
                task.cancel()
            await asyncio.wait({everything, making})
            for check in self.plan["checks"]:
                if check["id"] not in self.results:
                    self.ended(check, failed(why), time.monotonic() - self.began)
        finally:
            await removing
        self.say_end()
        await asyncio.gather(*(node.close() for node in self.nodes.values()))
        for task in (watching, connecting):
            task.cancel()
        return self.status()

    async def connect(self, inventory: Inventory) -> None:
        agent = {"files": self.given["agent"], "main": "agent", "seconds": self.plan["seconds"] + MARGIN}
        at_once = asyncio.Semaphore(CONNECTING)

        async def one(node: Node) -> None:
            async with at_once:
                await node.connect(inventory, agent, self.given["bootstrap"])

        await asyncio.gather(*map(one, self.nodes.values()))

    async def make(self) -> None:
        if not self.world.needs:
            return
        try:
            await self.api.node()
            self.step(f"Making {len(self.world.needs)} pods of {self.plan['image']}.")
            old = asyncio.create_task(self.world.remove_old())
            await self.world.make()
            await old
        except Silent as error:
            self.world.fail(str(error))
        else:
            if not any(each.exception() for each in self.world.ready.values()):
                self.step("Every pod runs: measuring.")

    async def judge(self, check: dict[str, Any]) -> None:
        function, needs = KINDS[check["kind"]]
        ready = [self.world.ready[key] for key, _, _ in needs(check["with"])]
        names = [check["with"]["node"]] if "node" in check["with"] else []
        await asyncio.gather(*(asyncio.shield(self.nodes[name].connected) for name in names))
        if ready:
            await asyncio.wait(ready)
        began = time.monotonic()
        try:
            found = await asyncio.wait_for(function(self, check["with"], check["seconds"]), check["seconds"])
        except asyncio.TimeoutError:
            found = failed(f"no answer within {check['seconds']} s")
        except Silent as error:
            found = failed(str(error))
        except Exception as bug:  # the others are to be measured all the same
            found = failed(f"a fault of the verification itself: {bug!r}", "please report it")
        self.ended(check, found, time.monotonic() - began)

    async def remove(self, making: asyncio.Task[None], checks: list[asyncio.Task[None]]) -> None:
        """Takes each namespace away as soon as the checks in it are done: the API itself takes five seconds for that."""
        async def one(name: str, beside: bool) -> list[str]:
            its = [task for task, check in zip(checks, self.plan["checks"]) if any(need[2] == beside for need in KINDS[check["kind"]][1](check["with"]))]
            await asyncio.wait({making, *its})
            return await self.world.remove([name])

        found = await asyncio.gather(one(self.world.name, False), one(self.world.beside, True))
        self.left = [*found[0], *found[1], *await self.world.remove(None)]

    async def watch(self) -> None:
        """Ends it where it is told to, or where nobody reads any more: the connection or who began it is gone."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(each, self.interrupt, f"interrupted by {each.name}")
        poll = select.poll()
        poll.register(STDOUT, 0)
        while True:
            if any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0)):
                self.interrupt("interrupted: nobody reads any more")
            await asyncio.sleep(0.2)

    def interrupt(self, why: str) -> None:
        self.why = self.why or why
        self.over.set()

    # --- what it says

    def ended(self, check: dict[str, Any], found: Outcome, seconds: float) -> None:
        outcome, seen, hint = found
        self.results[check["id"]] = found
        self.say({"event": "check", "id": check["id"], "outcome": outcome, "seen": seen, **({"hint": hint} if hint else {}), "seconds": round(seconds, 2)})

    def step(self, text: str) -> None:
        self.say({"event": "step", "text": text})

    def say(self, what: dict[str, Any]) -> None:
        try:
            text = json.dumps(what, ensure_ascii=False).encode() + b"\n"
            while text:
                text = text[os.write(STDOUT, text):]
        except OSError:
            self.interrupt("interrupted: nobody reads any more")

    def failures(self) -> list[dict[str, Any]]:
        return [each for each in self.plan["checks"] if each["required"] and self.results[each["id"]][0] == "failed"]

    def say_end(self) -> None:
        ok = not self.failures() and not self.why
        self.say({"event": "end", "ok": ok, "seconds": round(time.monotonic() - self.began, 1), "left": self.left})

    def status(self) -> int:
        lines = [self.why] if self.why else []
        for each in self.failures():
            _, seen, hint = self.results[each["id"]]
            lines += [f"✗ {each['sentence']}", f"    expected  {each['expected']}", f"    seen      {seen}"]
            lines += [f"    → {hint}"] if hint else []
        lines += [f"left behind: {each}" for each in self.left]
        if self.failures():
            lines.append(f"{len(self.failures())} of {len(self.plan['checks'])} checks failed. `calispray doctor` looks for the reason; `calispray verify` tries them again.")
        try:
            sys.stderr.write("".join(line + "\n" for line in lines))
            sys.stderr.flush()
        except OSError:
            pass
        return 1 if lines else 0


def main(given: dict[str, Any]) -> int:
    if sys.version_info < (3, 9):
        sys.exit("python3 on the controller is %d.%d; 3.9 is the least." % sys.version_info[:2])
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    unknown = sorted({check["kind"] for check in given["plan"]["checks"]} - set(KINDS))
    if unknown:
        print(f"no such kind of check: {', '.join(unknown)}", file=sys.stderr)
        return 2

    async def carry_out() -> int:
        return await Run(given).carry_out()

    try:
        return asyncio.run(carry_out())
    except Silent as error:
        print(error, file=sys.stderr)
        return 2
