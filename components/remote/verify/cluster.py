"""What the API says is there: nodes, components, versions, pools."""
from __future__ import annotations

import re
import urllib.parse
from typing import Any, Optional

from outcome import LAB, Outcome, failed, not_judged, passed, settled, several

# An IPPool's fields where they are left out (Calico v3.31.5 api/pkg/apis/projectcalico/v3/ippool.go).
POOL = {"ipipMode": "Never", "vxlanMode": "Never", "natOutgoing": False, "disabled": False, "nodeSelector": "all()", "disableBGPExport": False,
        "assignmentMode": "Automatic", "allowedUses": ["Workload", "Tunnel"]}


async def node(run: Any, given: dict[str, Any], seconds: float) -> Outcome:
    await run.node(given["node"])

    async def look() -> Outcome:
        found = await run.api.read(f"/api/v1/nodes/{given['node']}")
        if found is None:
            return failed("the API has no Node of that name")
        ready = next((each for each in found["status"].get("conditions") or [] if each.get("type") == "Ready"), {})
        if ready.get("status") == "True":
            return passed("Ready")
        return failed(f"not Ready: {ready.get('message') or ready.get('reason') or 'it says nothing'}", f"kubectl describe node {given['node']}")

    return await settled(look, seconds)


async def component(run: Any, given: dict[str, Any], seconds: float) -> Outcome:
    path = f"/api/v1/namespaces/{given['namespace']}/pods?labelSelector={urllib.parse.quote(given['selector'], safe='')}"

    async def look() -> Outcome:
        pods = [pod for pod in (await run.api.read(path) or {}).get("items") or [] if (pod.get("status") or {}).get("phase") != "Succeeded"]
        ready = {pod["spec"].get("nodeName") for pod in pods if is_ready(pod)}
        well = sum(map(is_ready, pods))
        unready = [f"{pod['metadata']['name']} on {pod['spec'].get('nodeName') or 'no node'}: {state_of(pod)}" for pod in pods if not is_ready(pod)]
        missing = [name for name in given.get("nodes", []) if name not in ready]
        # Its DNS the lab does have.
        if not pods and "calico" in given["selector"] and await run.lab():
            return not_judged(f"no {given['called']} here", f"{LAB}, without {given['called']}")
        if unready or missing or well < given.get("least", 0):
            where = f"none Ready on {', '.join(missing)}" if missing else f"{well} of {given.get('least', len(pods))} Ready"
            hint = f"kubectl -n {given['namespace']} describe pod -l {given['selector']}"
            return failed(several([where, *unready]), hint)
        return passed(f"Ready on {len(ready)} nodes" if "nodes" in given else f"{well} Ready")

    return await settled(look, seconds)


def is_ready(pod: dict[str, Any]) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or []
    return any(each.get("type") == "Ready" and each.get("status") == "True" for each in conditions)


def state_of(pod: dict[str, Any]) -> str:
    status = pod.get("status") or {}
    for each in status.get("containerStatuses") or []:
        waiting = (each.get("state") or {}).get("waiting")
        if waiting:
            return waiting.get("reason") or "waiting"
    return "not Ready" if status.get("phase") == "Running" else status.get("phase") or "Pending"


async def kubelet_version(run: Any, given: dict[str, Any], seconds: float) -> Outcome:
    async def look() -> Outcome:
        found = await run.api.read(f"/api/v1/nodes/{given['node']}")
        if found is None:
            return failed("the API has no Node of that name")
        return same((found["status"].get("nodeInfo") or {}).get("kubeletVersion"), given["version"])

    return await settled(look, seconds)


async def calico_version(run: Any, given: dict[str, Any], seconds: float) -> Outcome:
    """Of the images that shall run, and of what the one that runs wrote down when it began."""

    async def look() -> Outcome:
        daemons = await run.api.read(f"/apis/apps/v1/namespaces/{given['namespace']}/daemonsets/{given['daemonSet']}")
        template = daemons["spec"]["template"]["spec"] if daemons else {}
        images = [each["image"] for kind in ("containers", "initContainers") for each in template.get(kind) or []]
        tags = sorted({re.sub(r"@.*$", "", image).rpartition(":")[2] for image in images})
        if not tags and await run.lab():
            return not_judged(f"no {given['daemonSet']} here", f"{LAB}, without images of Calico")
        if not tags:
            return failed(f"there is no DaemonSet {given['namespace']}/{given['daemonSet']}")
        for tag in tags:
            if same(tag, given["version"])[0] != "passed":
                return failed(f"an image of {given['daemonSet']} is {tag}")
        info = await run.api.calico("clusterinformations/default")
        return same((info or {}).get("spec", {}).get("calicoVersion") or tags[0], given["version"])

    return await settled(look, seconds)


def same(said: Optional[str], wanted: str) -> Outcome:
    plain = (said or "").lstrip("v")
    return passed(plain) if plain == wanted else failed(plain or "no version is said")


async def pool(run: Any, given: dict[str, Any], seconds: float) -> Outcome:
    async def look() -> Outcome:
        found = await run.api.calico(f"ippools/{given['name']}")
        if found is None:
            return failed("there is no such pool")
        spec = {**POOL, "blockSize": 122 if ":" in given["spec"].get("cidr", "") else 26, **found["spec"]}
        other = [f"{key} is {shown(spec.get(key))}, not {shown(value)}" for key, value in given["spec"].items() if not equal(spec.get(key), value)]
        if other:
            return failed("; ".join(other), "somebody changed it beside the stack: `calispray status` shows what differs")
        return passed("; ".join(f"{key} {shown(spec.get(key))}" for key in given["spec"]))

    return await settled(look, seconds)


def equal(is_: Any, wanted: Any) -> bool:
    return sorted(is_) == sorted(wanted) if isinstance(is_, list) and isinstance(wanted, list) else is_ == wanted


def shown(value: Any) -> str:
    return {True: "on", False: "off", None: "not set"}.get(value, str(value)) if not isinstance(value, (list, dict)) else str(value)
