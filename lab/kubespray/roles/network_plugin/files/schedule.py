"""What kube-scheduler does, on the first control plane node alone: a pod without a node gets one.

A node is fit for a pod by its name, labels, taints and number of pods; among those that are, the one with the fewest
pods of the same owner is taken, then the one with the fewest at all. Nothing is counted of processors and memory.
"""
PENDING = "/api/v1/pods?fieldSelector=spec.nodeName%3D%2Cstatus.phase%3DPending"
UNSCHEDULABLE = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}


def tolerated(taint, tolerations):
    """core/v1 Toleration: an empty key with Exists is every key, an empty effect every effect."""
    for t in tolerations:
        if t.get("effect") and t["effect"] != taint["effect"]:
            continue
        if t.get("operator") == "Exists" and t.get("key") in (None, "", taint["key"]):
            return True
        if t.get("operator") != "Exists" and t.get("key") == taint["key"] and t.get("value", "") == taint.get("value", ""):
            return True
    return False


def met(requirement, found):
    """A requirement of a node selector's term on `found`, a dictionary of labels or fields."""
    value, values = found.get(requirement["key"]), requirement.get("values") or []
    compare = {
        "In": lambda: value in values,
        "NotIn": lambda: value not in values,
        "Exists": lambda: value is not None,
        "DoesNotExist": lambda: value is None,
        "Gt": lambda: value is not None and int(value) > int(values[0]),
        "Lt": lambda: value is not None and int(value) < int(values[0]),
    }
    return compare[requirement["operator"]]()


def term_met(term, node):
    """An empty term is met by no node (core/v1 NodeSelectorTerm)."""
    labels, fields = term.get("matchExpressions") or [], term.get("matchFields") or []
    own = {"metadata.name": node["metadata"]["name"]}
    return bool(labels or fields) and all(met(r, node["metadata"].get("labels", {})) for r in labels) and all(met(r, own) for r in fields)


def fit(pod, node, held):
    """Whether the pod may go to the node, which has `held` pods."""
    spec, labels = pod["spec"], node["metadata"].get("labels", {})
    if any(labels.get(k) != v for k, v in (spec.get("nodeSelector") or {}).items()):
        return False
    affinity = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution")
    if affinity and not any(term_met(term, node) for term in affinity["nodeSelectorTerms"]):
        return False
    taints = [t for t in node["spec"].get("taints") or [] if t["effect"] != "PreferNoSchedule"]
    taints += [UNSCHEDULABLE] if node["spec"].get("unschedulable") else []
    if not all(tolerated(t, spec.get("tolerations") or []) for t in taints):
        return False
    return held < int(node.get("status", {}).get("allocatable", {}).get("pods", 110))


def owner(pod):
    """What the pods of one kind have in common: the uid of their controller, or nothing."""
    return next((o["uid"] for o in pod["metadata"].get("ownerReferences") or [] if o.get("controller")), None)


def place(pending, pods, nodes):
    """[(pod, name of its node)] for those that a node is fit for; `pods` are all there are."""
    there = [p for p in pods if p["spec"].get("nodeName") and p.get("status", {}).get("phase") not in ("Succeeded", "Failed")]
    on = {node["metadata"]["name"]: [owner(p) for p in there if p["spec"]["nodeName"] == node["metadata"]["name"]] for node in nodes}
    found = []
    for pod in pending:
        if pod["metadata"].get("deletionTimestamp") or pod["spec"].get("schedulingGates") or pod["spec"].get("schedulerName") != "default-scheduler":
            continue
        of = owner(pod)
        fits = [n["metadata"]["name"] for n in nodes if fit(pod, n, len(on[n["metadata"]["name"]]))]
        if fits:
            node = min(fits, key=lambda name: (of is not None and on[name].count(of), len(on[name]), name))
            on[node].append(of)
            found.append((pod, node))
    return found


class Part:
    def __init__(self, agent):
        self.agent = agent
        self.lists = (PENDING,) if agent.conf.get("scheduler") else ()

    def changed(self):
        pending = self.agent.objects(PENDING) if self.lists else None
        if not pending:
            return None
        nodes, pods = (self.agent.api.get("/api/v1/" + kind)["items"] for kind in ("nodes", "pods"))
        for pod, node in place(pending, pods, nodes):
            space, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
            binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": name}, "target": {"apiVersion": "v1", "kind": "Node", "name": node}}
            # Gone meanwhile, or bound by a call whose answer was lost: the list will say.
            self.agent.api.call("POST", "/api/v1/namespaces/%s/pods/%s/binding" % (space, name), binding)
        return 5  # a node may become fit without any pod's changing
