"""The nodes, each over one SSH connection of the controller's own that carries an agent."""
from __future__ import annotations

import asyncio
import itertools
import json
import os
import shlex
from typing import Any, AsyncGenerator, Optional

CONNECT_SECONDS = 5  # tried twice
SPARE = 5  # seconds more than the agent has, for the way
AT_ONCE = 16  # questions to one node
MOST = 64 << 20  # a line of an answer, in bytes


class Silent(Exception):
    """Something that was asked gave no answer, in words for people."""


class Inventory:
    """How the playbooks reach each host, out of what `up` laid below ~/.calispray/CLUSTER (see runner/prepare.py)."""

    def __init__(self, cluster: str) -> None:
        self.home = os.path.join(os.path.expanduser("~"), ".calispray", cluster)
        path = os.path.join(self.home, "desired.json")
        try:
            with open(path, encoding="utf-8") as file:
                self.hosts: dict[str, Any] = json.load(file)["hosts"]["all"]["hosts"]
        except FileNotFoundError:
            raise Silent(f"{path} is not on the controller: run `up`, which lays it") from None

    def command(self, name: str, remote: str) -> list[str]:
        host = self.hosts.get(name)
        if host is None:
            raise Silent("it is not in the inventory that lies on the controller: run `up`, which lays it")
        address, port, user = host["ansible_host"], host.get("ansible_port", 22), host["ansible_user"]
        options = {
            "BatchMode": "yes",
            "ConnectTimeout": CONNECT_SECONDS,
            "ConnectionAttempts": 2,
            "ControlMaster": "no",
            "ControlPath": "none",
            "IdentitiesOnly": "yes",
            "ServerAliveInterval": 5,
            "ServerAliveCountMax": 3,
            "LogLevel": "ERROR",
            **self.trust(address if port == 22 else f"[{address}]:{port}"),
        }
        words = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
        become = "" if user == "root" else "sudo -n "
        return ["ssh", "-T", *words, "-i", os.path.join(self.home, "id_ed25519"), "-p", str(port), f"{user}@{address}", become + remote]

    def trust(self, shown: str) -> dict[str, str]:
        """A host without a known key is one of `hostKey: accept-new`, as for the playbooks."""
        known = os.path.join(self.home, "known_hosts")
        with open(known, encoding="utf-8") as file:
            names = {name for line in file if line.strip() for name in line.split()[0].split(",")}
        if shown in names:
            return {"StrictHostKeyChecking": "yes", "UserKnownHostsFile": known}
        return {"StrictHostKeyChecking": "accept-new", "UserKnownHostsFile": known + ".accepted"}


class Node:
    """One node and its agent. Asking fails with Silent where there is no answer."""

    def __init__(self, name: str, address: str, roles: list[str]) -> None:
        self.name, self.address, self.roles = name, address, roles
        self.hello: dict[str, Any] = {}
        self.lost: Optional[str] = None
        self.process: Optional[asyncio.subprocess.Process] = None
        self.waiting: dict[int, asyncio.Queue[dict[str, Any]]] = {}
        self.numbers = itertools.count(1)
        self.reading: list[asyncio.Task[None]] = []
        self.last = ""
        self.pods: dict[str, dict[str, Any]] = {}
        self.looking = asyncio.Lock()
        self.at_once = asyncio.Semaphore(AT_ONCE)
        self.connected = asyncio.get_running_loop().create_future()

    async def connect(self, inventory: Inventory, agent: dict[str, Any], bootstrap: str) -> None:
        try:
            command = inventory.command(self.name, "python3 -c " + shlex.quote(bootstrap))
            self.process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=MOST,
                # What interrupts this process in a terminal is not to cut what takes things away.
                start_new_session=True,
            )
            greeting = self.waiting[0] = asyncio.Queue[dict[str, Any]]()
            self.reading = [asyncio.create_task(self.read()), asyncio.create_task(self.read_errors())]
            self.write(agent)
            said = await asyncio.wait_for(greeting.get(), 2 * CONNECT_SECONDS + 15)
            if "problem" in said:
                raise Silent(said["problem"])
            self.hello = said["value"]
        except asyncio.TimeoutError:
            self.lost = self.lost or self.last or f"no answer within {2 * CONNECT_SECONDS + 15} s"
        except (Silent, OSError) as error:
            self.lost = self.lost or str(error)
        self.connected.set_result(None)

    def write(self, what: dict[str, Any]) -> None:
        if self.process is None or self.process.stdin is None or self.lost is not None:
            raise Silent(self.lost or "it is not connected")
        self.process.stdin.write(json.dumps(what).encode() + b"\n")

    async def read(self) -> None:
        assert self.process is not None and self.process.stdout is not None
        while line := await self.process.stdout.readline():
            answer = json.loads(line)
            if answer.get("id") in self.waiting:
                self.waiting[answer["id"]].put_nowait(answer)
        # What ssh said of it comes on the other pipe.
        await asyncio.wait(self.reading[1:], timeout=2)
        self.lost = self.last or "the connection was closed"
        for queue in self.waiting.values():
            queue.put_nowait({"problem": self.lost})

    async def read_errors(self) -> None:
        assert self.process is not None and self.process.stderr is not None
        while line := await self.process.stderr.readline():
            self.last = line.decode("utf-8", "replace").strip()[:300] or self.last

    async def asked(self, op: str, seconds: float, request: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """Every answer until the last. A request that nobody waits for any more is ended on the node too."""
        number, queue = next(self.numbers), asyncio.Queue[dict[str, Any]]()
        self.waiting[number] = queue
        ended = False
        try:
            self.write({"id": number, "op": op, "seconds": seconds, **request})
            while not ended:
                answer = await asyncio.wait_for(queue.get(), seconds + SPARE)
                ended = "ready" not in answer
                if "problem" in answer:
                    raise Silent(f"{self.name}: {answer['problem']}")
                yield answer
        except asyncio.TimeoutError:
            raise Silent(f"{self.name} did not answer within {seconds + SPARE:g} s") from None
        finally:
            del self.waiting[number]
            if not ended and self.lost is None:
                self.write({"op": "end", "of": number})

    async def raw(self, op: str, seconds: float = 10, **request: Any) -> Any:
        answers = self.asked(op, seconds, request)
        try:
            return (await answers.__anext__())["value"]
        finally:
            await answers.aclose()

    async def here(self) -> Node:
        """This node, once it is connected."""
        await asyncio.shield(self.connected)
        if self.lost is not None:
            raise Silent(f"{self.name} could not be asked: {self.lost}")
        return self

    async def ask(self, op: str, seconds: float = 10, **request: Any) -> Any:
        await self.here()
        async with self.at_once:
            return await self.raw(op, seconds, **request)

    async def inside(self, address: str) -> str:
        """The path of the network namespace of the pod with that address."""
        async with self.looking:
            for wait in (0, 0.3, 1, 2):
                if address not in self.pods:
                    await asyncio.sleep(wait)
                    found = await self.ask("pods", 30)
                    self.pods = {each: pod for pod in found for each in pod["addresses"]}
        if address not in self.pods:
            raise Silent(f"{self.name} has no network namespace with the address {address} of the pod there")
        return self.pods[address]["path"]

    async def close(self) -> None:
        """Ends the agent, which undoes what it still has to; ends the connection where that takes too long."""
        if self.process is None:
            return
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), 5)
        except asyncio.TimeoutError:
            self.process.kill()
        for each in self.reading:
            each.cancel()
