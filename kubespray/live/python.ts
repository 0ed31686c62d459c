/**
 * The part of the probe that needs Python 3.6 or newer, standard library alone. Arguments: the question as JSON, the home
 * of the user who logs in. Prints one line of JSON, a Live. It reads and asks; nothing on the node or in the API changes.
 */
export const livePython = String.raw`
import concurrent.futures, json, os, re, shutil, subprocess, sys

question, home = json.loads(sys.argv[1]), sys.argv[2]
ADMIN = "/etc/kubernetes/admin.conf"
found = {"cluster": "none", "applied": None, "kubernetes": None, "kubeadm": None, "kubelet": None, "pods": [], "services": [],
         "calico": {"datastore": None, "version": None, "desired": None, "ready": None, "notReady": [], "pools": None, "peers": None,
                    "felix": None, "bgp": None, "ipam": None}, "nodes": []}
calico = found["calico"]

def program(name):
    path = "/usr/local/bin/" + name
    return path if os.access(path, os.X_OK) else shutil.which(name)

def run(words, seconds=20):
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=seconds)
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        return 255, "", str(error)

def parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return None

def number(text):
    match = re.search(r"v?(\d+\.\d+\.\d+)", text or "")
    return match.group(1) if match else None

def get(path):
    code, out, _ = run([program("kubectl") or "kubectl", "--kubeconfig", ADMIN, "--request-timeout", "10s", "get", "--raw", path])
    return parsed(out) if code == 0 else None

def named(listed):
    if listed is None:
        return None
    return [{"name": each.get("metadata", {}).get("name", ""), "spec": each.get("spec") or {}} for each in listed.get("items") or []]

def spec(read):
    return None if read is None else read.get("spec") or {}

def version_of(name, *words):
    path = program(name)
    return number(run([path] + list(words))[1]) if path else None

def node(each):
    status = each.get("status", {})
    return {"name": each["metadata"]["name"],
            "ready": any(c.get("type") == "Ready" and c.get("status") == "True" for c in status.get("conditions") or []),
            "kubelet": number(status.get("nodeInfo", {}).get("kubeletVersion")) or "",
            "addresses": [a["address"] for a in status.get("addresses") or [] if a.get("type") == "InternalIP"],
            "podCIDRs": each.get("spec", {}).get("podCIDRs") or []}

def ranges(kubeadm, servicecidrs):
    text = ((kubeadm or {}).get("data") or {}).get("ClusterConfiguration", "")
    for key, name in (("podSubnet", "pods"), ("serviceSubnet", "services")):
        match = re.search(r"^\s+" + key + r":\s*[\"']?([^\s\"'#]+)", text, re.M)
        if match:
            found[name] = match.group(1).split(",")
    if not found["services"]:
        for each in (servicecidrs or {}).get("items") or []:
            if each["metadata"]["name"] == "kubernetes":
                found["services"] = each.get("spec", {}).get("cidrs") or []

def daemonset(read):
    if read is None:
        return
    containers = read.get("spec", {}).get("template", {}).get("spec", {}).get("containers") or []
    main = next((c for c in containers if c.get("name") == "calico-node"), {})
    names = {e.get("name"): e.get("value") for e in main.get("env") or []}
    if "DATASTORE_TYPE" in names or "ETCD_ENDPOINTS" in names:
        calico["datastore"] = "kdd" if names.get("DATASTORE_TYPE") == "kubernetes" else "etcd"
    calico["version"] = number(main.get("image", "").rpartition(":")[2])
    status = read.get("status", {})
    calico["desired"], calico["ready"] = status.get("desiredNumberScheduled"), status.get("numberReady")
    if calico["desired"] and (calico["ready"] or 0) < calico["desired"]:
        pods = get("/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dcalico-node") or {}
        calico["notReady"] = sorted(
            pod.get("spec", {}).get("nodeName", "") for pod in pods.get("items") or []
            if not any(c.get("type") == "Ready" and c.get("status") == "True" for c in pod.get("status", {}).get("conditions") or []))[:20]

def objects(groups):
    """From the API where Calico keeps its objects there, else from its own etcd by the script that kubespray leaves."""
    script = program("calicoctl.sh")
    if "crd.projectcalico.org" in groups:
        base, ipam = "/apis/crd.projectcalico.org/v1/", "ipamconfigs/default"
    elif "projectcalico.org" in groups:
        base, ipam = "/apis/projectcalico.org/v3/", "ipamconfigurations/default"
    elif script:
        def ask(*words):
            code, out, _ = run([script, "get"] + list(words) + ["-o", "json"])
            return parsed(out) if code == 0 else None
        return [lambda: ask("ippool"), lambda: ask("bgppeer"), lambda: ask("felixconfig", "default"),
                lambda: ask("bgpconfig", "default"), lambda: None]
    else:
        return [lambda: None] * 5
    return [lambda path=path: get(base + path)
            for path in ("ippools", "bgppeers", "felixconfigurations/default", "bgpconfigurations/default", ipam)]

def cluster():
    if not os.path.exists(ADMIN):
        return
    found["cluster"] = "down"
    code, out, err = run([program("kubectl") or "kubectl", "--kubeconfig", ADMIN, "--request-timeout", "5s", "get", "--raw", "/version"])
    if code != 0:
        lines = [line for line in err.splitlines() if line.strip()]
        found["problem"] = lines[-1][:200] if lines else "kubectl ended with status %d" % code
        return
    found["cluster"] = "up"
    found["kubernetes"] = number((parsed(out) or {}).get("gitVersion"))
    # Few at a time: this is a node at work, and each is a process.
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        groups = pool.submit(get, "/apis")
        nodes = pool.submit(get, "/api/v1/nodes")
        kubeadm = pool.submit(get, "/api/v1/namespaces/kube-system/configmaps/kubeadm-config")
        services = pool.submit(get, "/apis/networking.k8s.io/v1/servicecidrs")
        daemons = pool.submit(get, "/apis/apps/v1/namespaces/kube-system/daemonsets/calico-node")
        versions = [pool.submit(version_of, "kubeadm", "version", "-o", "short"), pool.submit(version_of, "kubelet", "--version")]
        served = [group["name"] for group in (groups.result() or {}).get("groups") or []]
        pools, peers, felix, bgp, ipam = [pool.submit(each) for each in objects(served)]
        found["nodes"] = [node(each) for each in (nodes.result() or {}).get("items") or []]
        ranges(kubeadm.result(), services.result())
        daemonset(daemons.result())
        found["kubeadm"], found["kubelet"] = [each.result() for each in versions]
        calico["pools"], calico["peers"] = named(pools.result()), named(peers.result())
        calico["felix"], calico["bgp"], calico["ipam"] = spec(felix.result()), spec(bgp.result()), spec(ipam.result())

if question["api"]:
    cluster()
if question["applied"]:
    try:
        with open(os.path.join(home, ".calispray", question["cluster"], "applied.json")) as file:
            found["applied"] = parsed(file.read())
    except OSError:
        pass
print(json.dumps(found))
`.trimStart();
