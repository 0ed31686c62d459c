"""The modes of the IPPool, whoever changes them: what Felix follows between two runs of kubespray.

What differs from the playbooks' own goes to /run/calispray-lab/live.json, which counts before
/etc/calispray-lab/dataplane.json, and the data plane is applied anew.
"""
import json
import os
import subprocess

LIVE = "/run/calispray-lab/live.json"
POOLS = "/apis/projectcalico.org/v3/ippools"


class Part:
    lists = (POOLS,)

    def __init__(self, agent):
        self.agent = agent

    def changed(self):
        pools = {pool["metadata"]["name"]: pool["spec"] for pool in self.agent.objects(POOLS) or []}
        spec = pools.get(self.agent.conf["pool_name"])
        if spec is None:
            return
        found = {"ipip_mode": spec.get("ipipMode") or "Never", "vxlan_mode": spec.get("vxlanMode") or "Never"}
        write(self.agent, found)


def write(agent, found):
    """Says to the data plane what is otherwise than the playbooks said, and has it applied."""
    counts = {**agent.conf, **agent.live}
    if all(counts.get(name) == value for name, value in found.items()):
        return
    agent.live = {**agent.live, **found}
    with open(LIVE + ".tmp", "w") as f:
        json.dump(agent.live, f)
    os.rename(LIVE + ".tmp", LIVE)
    subprocess.run(["systemctl", "restart", "calispray-lab-dataplane.service"])
