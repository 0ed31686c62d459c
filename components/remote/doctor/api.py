# What the API says, as ApiEvidence of kubespray/doctor/types.ts has it: printed as one line of JSON, or {"unknown": why}. Python 3.6
# or newer, root, on a control-plane node: read with the cluster's own kubeconfig, and only the fields named here are kept.
import base64, concurrent.futures, http.client, ipaddress, json, os, re, shutil, ssl, subprocess

ADMIN = "/etc/kubernetes/admin.conf"
MINE = ("projectcalico.org/IPv4Address", "projectcalico.org/IPv6Address", "projectcalico.org/IPv4VXLANTunnelAddr", "projectcalico.org/IPv6VXLANTunnelAddr",
        "projectcalico.org/IPv4IPIPTunnelAddr", "projectcalico.org/IPv4WireguardInterfaceAddr", "projectcalico.org/WireguardPublicKey",
        "projectcalico.org/WireguardPublicKeyV6", "projectcalico.org/ASNumber", "projectcalico.org/RouteReflectorClusterID")
POLICIES = ("networkpolicies", "globalnetworkpolicies", "tiers", "networksets", "globalnetworksets", "hostendpoints", "stagednetworkpolicies",
            "stagedglobalnetworkpolicies", "stagedkubernetesnetworkpolicies")
ADMINS = (("v1alpha2", "clusternetworkpolicies"), ("v1alpha1", "adminnetworkpolicies"), ("v1alpha1", "baselineadminnetworkpolicies"))
SYSTEM = ("kube-system", "calico-system")
PARTS = ("calico-", "coredns", "nodelocaldns", "node-local-dns", "kube-dns", "kube-proxy", "kube-apiserver", "kube-controller-manager", "typha")


class Refused(Exception):
    """The API's own words. `absent`: it has nothing of that name."""

    def __init__(self, said, absent=False):
        super().__init__(said)
        self.absent = absent


class Direct:
    """One connection with the certificate that stands in the kubeconfig: a kubectl for each list would be seconds of a processor."""

    at_once = 1

    def __init__(self, text):
        found = {key: value.strip("\"' ") for key, value in re.findall(r"^\s*([a-z-]+):[ \t]*(\S.*)$", text, re.M)}
        url = re.match(r"https://(\[[^\]]+\]|[^:/]+)(?::(\d+))?/?$", found["server"])
        data = {key: base64.b64decode(found[key + "-data"]) for key in ("certificate-authority", "client-certificate", "client-key")}
        context = ssl.create_default_context(cadata=data["certificate-authority"].decode())
        # A file of memory alone: load_cert_chain takes nothing else.
        file = os.memfd_create("calispray")
        try:
            os.write(file, data["client-certificate"] + b"\n" + data["client-key"])
            context.load_cert_chain("/proc/self/fd/%d" % file)
        finally:
            os.close(file)
        self.connection = http.client.HTTPSConnection(url.group(1).strip("[]"), int(url.group(2) or 443), timeout=8, context=context)

    def get(self, path):
        try:
            self.connection.request("GET", path, headers={"Accept": "application/json"})
            answer = self.connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            raise Refused("%s:%d: %s" % (self.connection.host, self.connection.port, getattr(error, "strerror", None) or error))
        if answer.status == 200:
            return json.loads(text)
        try:
            text = json.loads(text).get("message") or text
        except ValueError:
            pass
        raise Refused("HTTP %d: %s" % (answer.status, text[:300]), answer.status == 404)


class Kubectl:
    """Where the kubeconfig has another way in."""

    at_once = 6

    def get(self, path):
        done = kubectl("get", "--raw", path)
        if done.returncode == 0:
            return json.loads(done.stdout.decode("utf-8", "replace"))
        lines = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        said = lines[-1][:300] if lines else "kubectl ended with status %d" % done.returncode
        raise Refused(said, "(NotFound)" in said)


def kubectl(*words):
    path = "/usr/local/bin/kubectl"
    program = path if os.access(path, os.X_OK) else shutil.which("kubectl")
    if program is None:
        raise Refused("there is no kubectl")
    try:
        return subprocess.run([program, "--kubeconfig", ADMIN, "--request-timeout", "8s"] + list(words), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=12)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Refused(str(error)[-200:])


def way_in():
    with open(ADMIN) as file:
        text = file.read()
    try:
        return Direct(text)
    except (KeyError, ValueError, AttributeError, OSError):
        return Kubectl()


def items(path, kept=lambda each: each):
    """What is kept of each object; empty where this kind is not served. Refused where it cannot be listed: an empty list would be a lie."""
    found, further = [], ""
    while True:
        try:
            listed = API.get("%s%slimit=500%s" % (path, "&" if "?" in path else "?", further and "&continue=" + further))
        except Refused as refused:
            if refused.absent and not further:
                return []
            raise
        found += [kept(each) for each in listed.get("items") or []]
        further = (listed.get("metadata") or {}).get("continue")
        if not further:
            return found


def pod_parts(each):
    """Of ten thousand pods the rest is a hundred megabytes, and what stands in their environment is secret."""
    about, spec, status = [each.get(part) or {} for part in ("metadata", "spec", "status")]
    return {"metadata": {key: about.get(key) for key in ("name", "namespace", "labels")},
            "spec": {key: spec.get(key) for key in ("nodeName", "hostNetwork")},
            "status": {key: status.get(key) for key in ("phase", "podIP", "podIPs", "conditions", "containerStatuses", "message", "reason")}}


def name(each):
    return each.get("metadata", {}).get("name", "")


def full(each):
    return "%s/%s" % (each.get("metadata", {}).get("namespace", ""), name(each))


def is_true(status, kind):
    found = [c.get("status") for c in status.get("conditions") or [] if c.get("type") == kind]
    return found[0] == "True" if found else None


def node(each):
    about, status = each.get("metadata", {}), each.get("status", {})
    notes = about.get("annotations") or {}
    return {"name": name(each), "ready": is_true(status, "Ready"), "labels": about.get("labels") or {},
            "internal": [a["address"] for a in status.get("addresses") or [] if a.get("type") == "InternalIP"],
            "annotations": {key: notes[key] for key in MINE if key in notes}}


def why(status):
    """Why a pod waits: the reason of a container, or what the scheduler or kubelet says of the pod."""
    for each in status.get("containerStatuses") or []:
        state = each.get("state") or {}
        for part in (state.get("waiting"), state.get("terminated")):
            if part:
                return ": ".join(text for text in (part.get("reason"), part.get("message")) if text)[:300]
    for each in status.get("conditions") or []:
        if each.get("status") == "False" and each.get("message"):
            return each["message"][:300]
    return (status.get("message") or status.get("reason") or "")[:300]


def pod(each):
    status = each.get("status", {})
    return {"pod": full(each), "node": each.get("spec", {}).get("nodeName") or "", "phase": status.get("phase") or "",
            "ready": bool(is_true(status, "Ready")), "why": why(status),
            "restarts": sum(c.get("restartCount") or 0 for c in status.get("containerStatuses") or [])}


def waiting(pods, events):
    """Pods of a node that have no address, with the newest event of each."""
    said = {}
    for each in sorted(events, key=lambda e: e.get("lastTimestamp") or e.get("eventTime") or ""):
        about = each.get("involvedObject") or {}
        if about.get("kind") == "Pod":
            said["%s/%s" % (about.get("namespace", ""), about.get("name", ""))] = (each.get("message") or "")[:400]
    return [{"pod": full(each), "node": each["spec"]["nodeName"], "why": said.get(full(each)) or why(each.get("status", {}))} for each in pods
            if each.get("spec", {}).get("nodeName") and not each["spec"].get("hostNetwork") and not each.get("status", {}).get("podIP")
            and each.get("status", {}).get("phase") == "Pending"]


def block(each):
    """Calico v3.31.5 libcalico-go/lib/backend/model/block.go: allocations[i] is an index into attributes."""
    spec = each.get("spec") or {}
    network, _, length = spec.get("cidr", "").partition("/")
    affinity = spec.get("affinity") or ""
    attributes, held = spec.get("attributes") or [], []
    for at, index in enumerate(spec.get("allocations") or []):
        if index is None or index >= len(attributes):
            continue
        about = attributes[index] or {}
        also = about.get("secondary") or {}
        one = {"address": following(network, at), "handle": about.get("handle_id") or ""}
        if also.get("pod"):
            one["pod"] = "%s/%s" % (also.get("namespace", ""), also["pod"])
        if also.get("node"):
            one["node"] = also["node"]
        held.append(one)
    return {"cidr": spec.get("cidr", ""), "node": affinity[len("host:"):] if affinity.startswith("host:") else None,
            "held": held, "size": len(spec.get("allocations") or [])}


def following(network, at):
    return str(ipaddress.ip_address(network) + at)


def objects(found):
    return [{"name": name(each), "spec": each.get("spec") or {}} for each in found]


def policy(each, group, kind):
    about = each.get("metadata", {})
    kept = {key: about[key] for key in ("name", "namespace", "labels") if key in about}
    # What Calico's own API keeps there of an object that has no room for it.
    stash = (about.get("annotations") or {}).get("projectcalico.org/metadata")
    if stash:
        kept["annotations"] = {"projectcalico.org/metadata": stash}
    return {"apiVersion": group, "kind": kind, "metadata": kept, "spec": each.get("spec") or {}}


def kinds(group):
    try:
        return {each["name"]: each["kind"] for each in API.get("/apis/" + group).get("resources") or [] if "/" not in each["name"]}
    except Refused as refused:
        if refused.absent or re.search(r"HTTP 503|ServiceUnavailable", str(refused)):  # Calico's own API server is another one
            return {}
        raise


def evidence():
    version = API.get("/version").get("gitVersion", "")
    # Few at a time: this is a node at work, and each is a process.
    with concurrent.futures.ThreadPoolExecutor(max_workers=API.at_once) as pool:
        ask = lambda path: pool.submit(items, path)
        crds, v3 = pool.submit(kinds, "crd.projectcalico.org/v1"), pool.submit(kinds, "projectcalico.org/v3")
        nodes, pods, spaces = ask("/api/v1/nodes"), pool.submit(items, "/api/v1/pods", pod_parts), ask("/api/v1/namespaces")
        daemons = [ask("/apis/apps/v1/namespaces/%s/daemonsets" % space) for space in SYSTEM]
        events = ask("/api/v1/events?fieldSelector=type%3DWarning,reason%3DFailedCreatePodSandBox")
        networks = ask("/apis/networking.k8s.io/v1/networkpolicies")
        admins = [(group, plural, ask("/apis/policy.networking.k8s.io/%s/%s" % (group, plural))) for group, plural in ADMINS]
        stored, shown = crds.result(), v3.result()
        group, served = ("projectcalico.org/v3", shown) if shown else ("crd.projectcalico.org/v1", stored)
        own = {plural: ask("/apis/%s/%s" % (group, plural)) for plural in POLICIES + ("ippools", "felixconfigurations", "bgpconfigurations", "bgppeers")
               if plural in served}
        blocks = ask("/apis/crd.projectcalico.org/v1/ipamblocks") if "ipamblocks" in stored else None
        of = lambda plural: own[plural].result() if plural in own else []
        policies = [policy(each, "networking.k8s.io/v1", "NetworkPolicy") for each in networks.result()]
        for plural in POLICIES:
            policies += [policy(each, group, served[plural]) for each in of(plural)]
        for version_of, plural, found in admins:
            kind = {"clusternetworkpolicies": "ClusterNetworkPolicy", "adminnetworkpolicies": "AdminNetworkPolicy"}.get(plural, "BaselineAdminNetworkPolicy")
            policies += [policy(each, "policy.networking.k8s.io/" + version_of, kind) for each in found.result()]
        all_pods = pods.result()
        return {
            "kubernetes": version.lstrip("v"), "nodes": [node(each) for each in nodes.result()],
            "pods": [pod(each) for each in all_pods if each.get("metadata", {}).get("namespace") in SYSTEM and name(each).startswith(PARTS)],
            "daemonSets": {full(each): {"desired": each.get("status", {}).get("desiredNumberScheduled") or 0, "ready": each.get("status", {}).get("numberReady") or 0}
                           for found in daemons for each in found.result()},
            "addresses": [{"pod": full(each), "node": each["spec"].get("nodeName") or "", "address": address["ip"],
                           "labels": each.get("metadata", {}).get("labels") or {}} for each in all_pods
                          if not each.get("spec", {}).get("hostNetwork") and each.get("status", {}).get("phase") not in ("Succeeded", "Failed")
                          for address in each.get("status", {}).get("podIPs") or []],
            "waiting": waiting(all_pods, events.result()),
            "pools": objects(of("ippools")), "felix": objects(of("felixconfigurations")), "bgp": objects(of("bgpconfigurations")),
            "peers": objects(of("bgppeers")), "blocks": [block(each) for each in blocks.result() if not (each.get("spec") or {}).get("deleted")] if blocks else [], "policies": policies,
            "namespaces": [{"name": name(each), "labels": each.get("metadata", {}).get("labels") or {}} for each in spaces.result()],
        }


def main():
    global API
    if not os.path.exists(ADMIN):
        return {"unknown": "there is no %s" % ADMIN}
    API = way_in()
    try:
        return evidence()
    except (Refused, ValueError) as refused:
        return {"unknown": "the API %s: %s" % ("refuses what it is asked" if str(refused).startswith("HTTP ") else "does not answer", refused)}


print(json.dumps(main()))
