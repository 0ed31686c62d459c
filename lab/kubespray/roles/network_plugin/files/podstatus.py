"""The status of a pod as a kubelet writes it. Touches nothing; no container runs, so nothing of one can fail."""
import calendar
import time


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def seconds(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def over(pod):
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


def started(pod, now):
    return (pod.get("status") or {}).get("startTime") or stamp(now)


def deadline(pod):
    """When the pod's own deadline is over, in seconds since the epoch; None where it has none, or did not start."""
    allowed, start = pod["spec"].get("activeDeadlineSeconds"), (pod.get("status") or {}).get("startTime")
    return None if allowed is None or start is None else seconds(start) + allowed


def conditions(pod, now, ready, network, reason=None):
    """`ready`: the containers are; `network`: the sandbox has one. A condition that stays keeps its time."""
    before = {c["type"]: c for c in (pod.get("status") or {}).get("conditions") or []}
    wanted = [("PodReadyToStartContainers", network), ("Initialized", True), ("Ready", ready), ("ContainersReady", ready), ("PodScheduled", True)]
    found = []
    for kind, value in wanted:
        is_now = "True" if value else "False"
        old = before.get(kind, {})
        moved = old.get("lastTransitionTime") if old.get("status") == is_now else None
        each = {"type": kind, "status": is_now, "lastProbeTime": None, "lastTransitionTime": moved or stamp(now)}
        if not value and kind in ("Ready", "ContainersReady"):
            each.update(reason=reason or "ContainersNotReady", message="containers with unready status: [%s]" % " ".join(c["name"] for c in pod["spec"]["containers"]))
        found.append(each)
    # What others said of it stays: a merge patch replaces the list whole.
    return found + [c for kind, c in before.items() if kind not in [w for w, _ in wanted]]


def containers(pod, kind, states):
    """ContainerStatuses of spec.`kind`; `states(container)` gives (state, ready, started)."""
    found = []
    for container in pod["spec"].get(kind) or []:
        state, ready, begun = states(container)
        image = container.get("image", "")
        found.append({"name": container["name"], "image": image, "imageID": image, "restartCount": 0, "ready": ready, "started": begun, "state": state, "lastState": {}})
    return found


def sidecar(container):
    return container.get("restartPolicy") == "Always"


def running(pod, host, address, now):
    since = started(pod, now)
    run, done = {"running": {"startedAt": since}}, {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": since, "finishedAt": since}}
    return {
        **base(pod, host, now),
        "phase": "Running",
        "podIP": address,
        "podIPs": [{"ip": address}],
        "conditions": conditions(pod, now, ready=True, network=True),
        "initContainerStatuses": containers(pod, "initContainers", lambda c: (run, True, True) if sidecar(c) else (done, True, False)),
        "containerStatuses": containers(pod, "containers", lambda c: (run, True, True)),
    }


def waiting(pod, host, now):
    """It has no network yet."""
    first, then = ("PodInitializing" if pod["spec"].get("initContainers") else "ContainerCreating"), {"waiting": {"reason": "PodInitializing"}}
    return {
        **base(pod, host, now),
        "phase": "Pending",
        "conditions": conditions(pod, now, ready=False, network=False),
        "initContainerStatuses": containers(pod, "initContainers", lambda c: (then, False, False)),
        "containerStatuses": containers(pod, "containers", lambda c: ({"waiting": {"reason": first}}, False, False)),
    }


def overdue(pod, host, now):
    """Its own deadline passed (kubelet v1.35 pkg/kubelet/active_deadline.go)."""
    end = {"terminated": {"exitCode": 137, "reason": "Error", "startedAt": started(pod, now), "finishedAt": stamp(now)}}
    return {
        **base(pod, host, now),
        "phase": "Failed",
        "reason": "DeadlineExceeded",
        "message": "Pod was active on the node longer than the specified deadline",
        "conditions": conditions(pod, now, ready=False, network=False, reason="PodFailed"),
        "containerStatuses": containers(pod, "containers", lambda c: (end, False, False)),
    }


def base(pod, host, now):
    return {"hostIP": host, "hostIPs": [{"ip": host}], "startTime": started(pod, now)}


def same(pod, wanted):
    """Whether the pod's status says that already."""
    status = pod.get("status") or {}
    ready = lambda s: [(c["name"], c["ready"]) for c in s.get("containerStatuses") or []]
    return all(status.get(k) == wanted.get(k) for k in ("phase", "podIP", "hostIP")) and ready(status) == ready(wanted)
