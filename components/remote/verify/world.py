"""What a verification makes in the cluster and takes away again: two namespaces, pods where they are wanted, a Service, a NetworkPolicy."""
from __future__ import annotations

import asyncio
import calendar
import secrets
import time
from typing import Any, Optional

from api import Api, words
from nodes import Node, Silent

MANAGED = "app.kubernetes.io/managed-by"
BY = "calispray-verify"
DEADLINE = "calispray.dev/remove-after"
NAMESPACES = "/api/v1/namespaces"
PORT = 18080  # of the pods that serve: inside of their own network namespaces nobody else has it
START_SECONDS = 60  # at most, for a pod
REMOVE_SECONDS = 30
FORCE_SECONDS = 8  # after them, pods are taken out of the API without their nodes
MARGIN = 60  # seconds after its end, from when on a verification that left something is taken for killed


class Refused(Silent):
    """The API will not have it, however often it is asked."""


class World:
    """`needs` says which pods: (key, node, policy): those of the deny test are in a namespace of their own."""

    def __init__(self, api: Api, nodes: dict[str, Node], plan: dict[str, Any], needs: list[tuple[str, str, bool]], step: Any) -> None:
        self.api, self.nodes, self.plan, self.step = api, nodes, plan, step
        self.name = f"{BY}-{secrets.token_hex(3)}"
        self.beside = f"{self.name}-policy"
        self.needs = needs
        self.made: list[str] = []  # namespaces that may be there
        self.posting: set[asyncio.Future[Any]] = set()
        self.kept: list[str] = []  # those that could not be taken away
        loop = asyncio.get_running_loop()
        self.ready: dict[str, asyncio.Future[dict[str, Any]]] = {key: loop.create_future() for key, _, _ in needs}
        for each in self.ready.values():  # nobody may be waiting when it fails
            each.add_done_callback(lambda done: done.cancelled() or done.exception())
        self.names = {key: f"pod-{number}" for number, (key, _, _) in enumerate(needs)}

    async def pod(self, key: str) -> dict[str, Any]:
        """The pod, once it runs: {"name", "node": Node, "addresses": {4: …, 6: …}}."""
        return await asyncio.shield(self.ready[key])

    # --- making

    async def make(self) -> None:
        """Makes everything, and waits until each pod runs or cannot. Fails no one: who waits for a pod learns of it."""
        try:
            await self.make_namespaces()
            await asyncio.gather(*(self.make_pod(key, node, beside) for key, node, beside in self.needs))
            await self.until_running()
        except Silent as error:
            self.fail(str(error))

    def fail(self, why: str, key: Optional[str] = None) -> None:
        for each in [key] if key else list(self.ready):
            if not self.ready[each].done():
                self.ready[each].set_exception(Silent(why))

    async def make_namespaces(self) -> None:
        node = await self.api.node()
        until = node.hello["time"] + self.plan["seconds"] + MARGIN
        labels = {MANAGED: BY, "calispray.dev/cluster": self.plan["cluster"][:63]}
        wanted = [name for name, beside in ((self.name, False), (self.beside, True)) if any(need[2] == beside for need in self.needs)]
        # Before they are made: an agent whose connection ends in between takes away what is not there, which harms nothing.
        self.made += wanted
        await self.note()
        for name in wanted:
            metadata = {"name": name, "labels": labels, "annotations": {DEADLINE: stamp(until)}}
            await self.create(NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})

    async def note(self) -> None:
        """What the agent is to delete, should the connection end now."""
        node = await self.api.node()
        node.write({"op": "undo", "delete": [f"{NAMESPACES}/{name}" for name in [*self.made, *self.kept]]})

    async def create(self, path: str, body: dict[str, Any]) -> Any:
        end = time.monotonic() + START_SECONDS
        while True:
            # One that is on its way is not given up: what it makes is to be known before things are taken away.
            posting = asyncio.ensure_future(self.api.call("POST", path, body))
            self.posting.add(posting)
            posting.add_done_callback(self.posting.discard)
            status, answer = await asyncio.shield(posting)
            if status in (200, 201):
                return answer
            said = words(status, answer)
            # A namespace that is new has no service account yet, and a Service no address where the API is just starting.
            if not ("serviceaccount" in said and status == 403 or status in (429, 500, 503)) or time.monotonic() > end:
                raise Silent(f"{body['kind']} {body['metadata']['name']} could not be made: {said}")
            await asyncio.sleep(0.2)

    async def make_pod(self, key: str, node: str, beside: bool) -> None:
        try:
            await self.nodes[node].here()
            namespace = self.beside if beside else self.name
            metadata = {"name": self.names[key], "labels": {MANAGED: BY, "calispray.dev/pod": self.names[key]}}
            body = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod_spec(node, self.plan)}
            await self.create(f"{NAMESPACES}/{namespace}/pods", body)
        except Silent as error:
            self.fail(str(error), key)

    async def until_running(self) -> None:
        end = time.monotonic() + min(START_SECONDS, max(self.plan["seconds"] / 2, 5))
        while waiting := [need for need in self.needs if not self.ready[need[0]].done()]:
            pods = {}
            for name in {self.beside if beside else self.name for _, _, beside in waiting}:
                listed = await self.api.read(f"{NAMESPACES}/{name}/pods") or {}
                pods.update({(name, pod["metadata"]["name"]): pod for pod in listed.get("items") or []})
            for key, node, beside in waiting:
                namespace = self.beside if beside else self.name
                pod = pods.get((namespace, self.names[key]), {})
                status = pod.get("status") or {}
                addresses = {6 if ":" in each["ip"] else 4: each["ip"] for each in status.get("podIPs") or []}
                if status.get("phase") == "Running" and addresses:
                    self.ready[key].set_result({"name": self.names[key], "node": self.nodes[node], "addresses": addresses})
                elif status.get("phase") in ("Failed", "Succeeded"):
                    self.fail(f"a pod of {self.plan['image']} on {node} ended at once ({reason(status)}): the image’s own process must stay", key)
                elif time.monotonic() > end:
                    why = await self.event(namespace, self.names[key]) or reason(status)
                    self.fail(f"a pod on {node} does not start: {why}", key)
            if not all(each.done() for each in self.ready.values()):
                await asyncio.sleep(0.25)

    async def event(self, namespace: str, pod: str) -> Optional[str]:
        listed = await self.api.read(f"{NAMESPACES}/{namespace}/events?fieldSelector=involvedObject.name%3D{pod}") or {}
        said = [each["message"] for each in listed.get("items") or [] if each.get("type") == "Warning"]
        return said[-1][:300] if said else None

    # --- taking away

    async def remove_old(self) -> None:
        """What a verification left that was killed, with its controller: it is past its time."""
        listed = await self.api.read(f"{NAMESPACES}?labelSelector={MANAGED.replace('/', '%2F')}%3D{BY}") or {}
        now, old = (await self.api.node()).hello["time"], []
        for each in listed.get("items") or []:
            name = each["metadata"]["name"]
            if past((each["metadata"].get("annotations") or {}).get(DEADLINE), now) and name not in self.made:
                self.step(f"Taking away {name}, which a verification left that was killed.")
                self.made.append(name)
                old.append(name)
        if old:
            await self.note()
        await asyncio.gather(*map(self.delete, old))

    async def delete(self, name: str) -> None:
        """Asks for it. Pods first: a namespace is only looked at five seconds later, and waits again for what is then still in it."""
        await self.api.call("DELETE", f"{NAMESPACES}/{name}/pods")
        status, answer = await self.api.call("DELETE", f"{NAMESPACES}/{name}")
        if status not in (200, 202, 404, 409):
            raise (Refused if status == 403 else Silent)(words(status, answer))

    async def remove(self, names: Optional[list[str]]) -> list[str]:
        """Takes those away, or all that may still be there; gives what could not be, with the command that does."""
        names = [name for name in (self.made if names is None else names) if name in self.made]
        problems = await asyncio.gather(*map(self.removed, names))
        self.made = [name for name in self.made if name not in names]
        self.kept += [name for name, problem in zip(names, problems) if problem]
        if names and not self.made and not self.kept:
            await self.note()
        return [f"namespace {name}: {problem}; kubectl delete namespace {name}" for name, problem in zip(names, problems) if problem]

    async def removed(self, name: str) -> Optional[str]:
        """None, or why it is still there."""
        end, problem = time.monotonic() + REMOVE_SECONDS, f"still there after {REMOVE_SECONDS} s"
        force, asked = end - REMOVE_SECONDS + FORCE_SECONDS, False
        if self.posting:
            await asyncio.wait(self.posting)
        while time.monotonic() < end:
            try:
                if not asked:
                    await self.delete(name)
                    asked = True
                status, answer = await self.api.call("GET", f"{NAMESPACES}/{name}")
                if status == 404:
                    return None
                problem = ending(answer) or problem
                if time.monotonic() > force:
                    # Its node does not answer any more; nothing but an idle process is in it.
                    await self.api.call("DELETE", f"{NAMESPACES}/{name}/pods?gracePeriodSeconds=0")
                    force = end
            except Refused as error:
                return str(error)
            except Silent as error:
                problem = str(error)
                if self.api.lost():
                    # An agent whose connection ended takes it away by itself, where it still runs.
                    return problem
            await asyncio.sleep(0.2)
        return problem


def ending(namespace: Any) -> Optional[str]:
    """Why a namespace does not end, as its conditions say it."""
    conditions = (namespace.get("status") or {}).get("conditions") or [] if isinstance(namespace, dict) else []
    said = [each.get("message", "") for each in conditions if each.get("status") == "True"]
    return said[0][:200] if said else None


def reason(status: dict[str, Any]) -> str:
    for each in status.get("containerStatuses") or []:
        state = each.get("state") or {}
        for kind in ("waiting", "terminated"):
            if kind in state:
                return ": ".join(filter(None, (state[kind].get("reason"), state[kind].get("message"))))[:300]
    return status.get("message") or status.get("reason") or status.get("phase") or "nothing is known of it"


def pod_spec(node: str, plan: dict[str, Any]) -> dict[str, Any]:
    """As little as a pod can be, under the strictest of the pod security standards; put on its node past the scheduler."""
    container = {
        "name": "pause",
        "image": plan["image"],
        "imagePullPolicy": "IfNotPresent",
        "resources": {"requests": {"cpu": "1m", "memory": "8Mi"}, "limits": {"memory": "32Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}},
    }
    user = 65535  # that of the pause image
    return {
        "nodeName": node,
        "containers": [container],
        "tolerations": [{"operator": "Exists"}],
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 1,
        "activeDeadlineSeconds": plan["seconds"] + MARGIN,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {"runAsNonRoot": True, "runAsUser": user, "runAsGroup": user, "seccompProfile": {"type": "RuntimeDefault"}},
    }


def stamp(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def past(text: Optional[str], now: float) -> bool:
    try:
        return calendar.timegm(time.strptime(text or "", "%Y-%m-%dT%H:%M:%SZ")) < now
    except ValueError:
        return False
