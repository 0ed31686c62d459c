"""The deny test: what was reached is reached no more once a NetworkPolicy lets nothing in."""
from __future__ import annotations

import secrets
from typing import Any

from outcome import LAB, Outcome, failed, not_judged, passed
from world import NAMESPACES, PORT

DENY = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "nothing-comes-in"},
    "spec": {"podSelector": {}, "policyTypes": ["Ingress"]},
}
# Before whatever a GlobalNetworkPolicy of the stack allows: those come before every policy of Kubernetes where their order is below 1000
# (Calico v3.31.5 libcalico-go/lib/backend/k8s/conversion/constants.go KubernetesNetworkPolicyOrder). As calico-node itself reads it.
DENY_FIRST = {
    "apiVersion": "crd.projectcalico.org/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "default.nothing-comes-in"},
    "spec": {"tier": "default", "order": -1000000, "selector": "all()", "types": ["Ingress"], "ingress": [{"action": "Deny"}]},
}
LAB_SECONDS = 3.5  # two to take note of, where nothing enforces it


async def policy(run: Any, given: dict[str, Any], seconds: float) -> Outcome:
    world = run.world
    client, server = await world.pod("policy client"), await world.pod("policy server")
    target = next(iter(server["addresses"].values()))
    within = await server["node"].inside(target)
    inside = await client["node"].inside(next(iter(client["addresses"].values())))
    text = secrets.token_hex(8)
    serving = server["node"].asked("serve", seconds + 30, {"inside": within, "port": PORT, "text": text, "six": ":" in target})
    try:
        await serving.__anext__()
        before = await client["node"].ask("connect", seconds / 3, inside=inside, address=target, port=PORT)
        if not before["open"]:
            return failed(f"not even reached before the policy: {before['said']}", "see pods-across-nodes; a policy for all namespaces may keep it out")
        await world.create(f"/apis/networking.k8s.io/v1/namespaces/{world.beside}/networkpolicies", DENY)
        lab = await run.lab()

        async def still(patience: float) -> bool:
            after = await client["node"].ask("connect", patience, inside=inside, address=target, port=PORT, until="silent")
            return bool(after["open"])

        if not await still(LAB_SECONDS if lab else seconds / 3):
            return passed("reached before, not after")
        if lab:
            return not_judged("reached before, and after", f"{LAB}, which enforces no policy; the policy was made and taken away")
        if given.get("calico"):
            await world.create(f"/apis/crd.projectcalico.org/v1/namespaces/{world.beside}/networkpolicies", DENY_FIRST)
            if not await still(seconds / 4):
                return passed("reached before, not after one of Calico that comes first; a global policy lets it in before those of Kubernetes are asked")
        return failed("still reached after the policy", "Felix enforces them: see components-ready, and the log of calico-node on " + server["node"].name)
    finally:
        await serving.aclose()
