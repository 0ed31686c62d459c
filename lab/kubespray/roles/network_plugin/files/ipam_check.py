"""`calicoctl ipam check` and `ipam release --from-report`: addresses that nobody uses, and how they come free.

Calico v3.31.5 calicoctl/calicoctl/commands/ipam/check.go, release.go: what is released is what a report says, made while
the datastore was locked; an address that has another holder meanwhile stays.
"""
import json

import ipam
from books import ROOT
from calico_node import TUNNELS, fixed_handle

CLUSTER = "/apis/projectcalico.org/v3/clusterinformations/default"


class Refusal(Exception):
    pass


def allocations(specs, nodes, pods):
    """{address: Allocation as the report has it}."""
    used = {}
    for node in nodes:
        for _, _, annotation in TUNNELS.values():
            address = (node["metadata"].get("annotations") or {}).get(annotation)
            used.update({address: "Node(%s)" % node["metadata"]["name"]} if address else {})
    for pod in pods:
        status = pod.get("status") or {}
        if status.get("podIP") and status.get("phase") not in ("Succeeded", "Failed") and not pod["spec"].get("hostNetwork"):
            used[status["podIP"]] = "Workload(%s/%s)" % (pod["metadata"]["namespace"], pod["metadata"]["name"])
    found = {}
    for spec in specs:
        for address, handle, attributes in ipam.held(spec):
            pod, node = "%s/%s" % (attributes.get("namespace"), attributes.get("pod")), attributes.get("node", "")
            # The lab's own pods are in no API.
            owner = used.get(address) or ("Workload(%s)" % pod if handle == fixed_handle(node, pod) else None)
            place = str(ipam.ordinal(spec, address))
            found[address] = {"ip": address, "handle": handle, "sequenceNumber": spec.get("sequenceNumberForAllocation", {}).get(place),
                              "pod": attributes.get("pod", ""), "namespace": attributes.get("namespace", ""), "node": node,
                              "type": attributes.get("type", ""), "creationTimestamp": attributes.get("timestamp", ""),
                              "inUse": owner is not None, "borrowed": ipam.owner(spec) != node, "owners": [owner] if owner else []}
    return found


def check(api, problems, file):
    """The lines that are to be said; writes the report where a file is named."""
    cluster = api.get(CLUSTER) or {"metadata": {}, "spec": {}}
    lists = [api.ask("GET", path)["items"] for path in (ROOT + "ipamblocks", "/api/v1/nodes", "/api/v1/pods", ROOT + "ipamhandles")]
    specs = [block["spec"] for block in lists[0]]
    found = allocations(specs, lists[1], lists[2])
    leaked = [a for a in found.values() if not a["inUse"]]
    handles = {a["handle"] for a in found.values()}
    idle = [h for h in lists[3] if h["spec"]["handleID"] not in handles]
    lines = ["Checking IPAM for inconsistencies...", "", "Found %d IPAM blocks." % len(specs), "IPAM blocks record %d allocations." % len(found), ""]
    lines += ["  %s leaked; attrs Main:%s Extra:node=%s,pod=%s/%s" % (a["ip"], a["handle"], a["node"], a["namespace"], a["pod"]) for a in leaked if problems]
    lines += ["Found %d IPs that are allocated in IPAM but not actually in use." % len(leaked)]
    lines += ["Found %d handles with no matching IPs (and %d handles with matches)." % (len(idle), len(lists[3]) - len(idle))]
    lines += ["Check complete; found %d problems." % (len(leaked) + len(idle))]
    if file:
        report = {"clusterGUID": cluster["spec"].get("clusterGUID", ""), "clusterType": cluster["spec"].get("clusterType", ""),
                  "clusterInformationRevision": cluster["metadata"].get("resourceVersion", ""), "datastoreLocked": cluster["spec"].get("datastoreReady") is False,
                  "allocations": {address: [one] for address, one in found.items()},
                  "leakedHandles": [{"ID": h["spec"]["handleID"], "UID": h["metadata"]["uid"], "Revision": h["metadata"]["resourceVersion"]} for h in idle]}
        with open(file, "w") as f:
            json.dump(report, f, indent=2)
    return lines


def release(api, books, report, force):
    """Frees what the report says nobody uses; the lines that are to be said. Raises Refusal."""
    cluster = api.get(CLUSTER) or {"metadata": {}, "spec": {}}
    if report["clusterInformationRevision"] != cluster["metadata"].get("resourceVersion", ""):
        raise Refusal("the provided reports are all stale - at least one should be up-to-date. Please generate a new report while the data store is locked and try again")
    if cluster["spec"].get("datastoreReady") is not False and not force:
        raise Refusal("data store is not locked. Either lock the data store, or re-run with --force")
    gone = {(a["ip"], a["handle"], a["sequenceNumber"]) for each in report["allocations"].values() for a in each if not a["inUse"]}
    freed = books.free_these(gone)
    for handle in report["leakedHandles"]:
        api.call("DELETE", ROOT + "ipamhandles/" + handle["ID"].lower(), {"preconditions": {"uid": handle["UID"], "resourceVersion": handle["Revision"]}})
    return ["Released %d IPs successfully" % freed if gone else "Report didn't contain any leaked IPs to clean up."]
