"""The API, as the agent of the first control-plane node that can asks it."""
from __future__ import annotations

import asyncio
from typing import Any, Optional

from nodes import Node, Silent

# Where Calico's objects are: behind kubectl in every cluster of kubespray, natively as v3 in newer ones.
CALICO = ("/apis/crd.projectcalico.org/v1/", "/apis/projectcalico.org/v3/")


class Api:
    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = [node for node in nodes if "control-plane" in node.roles]
        self.found: Optional[asyncio.Task[Node]] = None

    async def node(self) -> Node:
        if self.found is None or (self.found.done() and (self.found.cancelled() or self.found.exception() or self.found.result().lost)):
            self.found = asyncio.create_task(self.find())
        return await asyncio.shield(self.found)

    def lost(self) -> bool:
        """Nobody is left who could be asked."""
        return all(node.lost is not None for node in self.nodes)

    async def find(self) -> Node:
        said = []
        for node in self.nodes:
            try:
                answer = await node.ask("api", 12, method="GET", path="/version")
                if answer["status"] == 200:
                    return node
                said.append(f"{node.name}: {words(answer['status'], answer['body'])}")
            except Silent as error:
                said.append(str(error))
        raise Silent(f"the API does not answer: {'; '.join(said) or 'no control-plane node is declared'}")

    async def call(self, method: str, path: str, body: Any = None, seconds: float = 10, **more: Any) -> tuple[int, Any]:
        """(status, answer); never for more than a moment."""
        node = await self.node()
        answer = await node.ask("api", seconds, method=method, path=path, body=body, **more)
        return answer["status"], answer["body"]

    async def read(self, path: str, fields: Optional[list[str]] = None) -> Any:
        status, answer = await self.call("GET", path, **({"fields": fields} if fields else {}))
        if status == 404:
            return None
        if status != 200:
            raise Silent(f"GET {path}: {words(status, answer)}")
        return answer

    async def calico(self, path: str, *fields: str) -> Any:
        """An object or a list of Calico's as it is now, from the group that has any; None where neither knows it."""
        found = None
        for base in CALICO:
            answer = await self.read(base + path, list(fields))
            if answer:
                return answer
            found = answer if found is None else found
        return found


def words(status: int, answer: Any) -> str:
    said = str((answer.get("message") if isinstance(answer, dict) else answer) or "no message").strip()
    return f"{said} (status {status})"
