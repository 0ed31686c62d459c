/**
 * The part of the probe that needs Python 3.6 or newer, standard library alone. Arguments: the question as JSON, the home
 * of the user who logs in. Prints one line of JSON, a Live. It reads and asks; nothing on the node or in the API changes.
 */
export const livePython = String.raw`
import contextlib, ctypes, http.client, json, os, re, shutil, signal, socket, subprocess, sys, tempfile, time

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

class Local(http.client.HTTPConnection):
    """HTTP over the socket of kubectl proxy, which refuses callers that call it by another name."""
    def __init__(self, path):
        super().__init__("localhost", timeout=10)
        self.path = path
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)

# One kubectl for all that is read: to start one costs this node more than all its questions. Only root opens the folder of its
# socket, it hands on no call that changes anything, and it does not outlive this process.
@contextlib.contextmanager
def proxy(seconds=30):
    def bound():
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    with tempfile.TemporaryDirectory(prefix="calispray-live-") as folder:
        address, end = os.path.join(folder, "api"), time.monotonic() + seconds
        words = [program("kubectl") or "kubectl", "--kubeconfig", ADMIN, "proxy", "--unix-socket", address, "--reject-methods", "^(POST|PUT|PATCH|DELETE)$"]
        server = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=bound)
        connection = Local(address)
        def get(path):
            """The answer, or None: not there, not allowed, not in time."""
            for _ in range(2):  # a connection that was dropped is made once more
                connection.timeout = min(10, end - time.monotonic())
                if connection.timeout <= 0:
                    return None
                try:
                    if connection.sock is not None:
                        connection.sock.settimeout(connection.timeout)
                    connection.request("GET", path, headers={"Accept": "application/json"})
                    response = connection.getresponse()
                    text = response.read().decode("utf-8", "replace")
                    return parsed(text) if response.status == 200 else None
                except (OSError, http.client.HTTPException):
                    connection.close()
            return None
        try:
            while server.poll() is None and time.monotonic() < end:
                try:
                    connection.connect()
                    break
                except OSError:  # it does not listen yet
                    connection.close()
                    time.sleep(0.005)
            yield get
        finally:
            connection.close()
            server.kill()
            server.wait()

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

def daemonset(read, get):
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

def objects(groups, get):
    """From the API where Calico keeps its objects there, else from its own etcd by the script that kubespray leaves."""
    bases = [base for group, base in (("crd.projectcalico.org", "/apis/crd.projectcalico.org/v1/"), ("projectcalico.org", "/apis/projectcalico.org/v3/"))
             if group in groups]
    script = program("calicoctl.sh")
    def ask(*words):
        code, out, _ = run([script, "get"] + list(words) + ["-o", "json"])
        return parsed(out) if code == 0 else None
    def first(*names):
        answers = (get(base + name) for base in bases for name in names)
        return next((each for each in answers if each is not None), None)
    if bases:
        calico["pools"], calico["peers"] = named(first("ippools")), named(first("bgppeers"))
        calico["felix"], calico["bgp"] = spec(first("felixconfigurations/default")), spec(first("bgpconfigurations/default"))
        calico["ipam"] = spec(first("ipamconfigs/default", "ipamconfigurations/default"))
    elif script:
        calico["pools"], calico["peers"] = named(ask("ippool")), named(ask("bgppeer"))
        calico["felix"], calico["bgp"] = spec(ask("felixconfig", "default")), spec(ask("bgpconfig", "default"))

def cluster():
    if not os.path.exists(ADMIN):
        return
    found["cluster"] = "down"
    # In a process of its own: it says best why nobody answers.
    code, out, err = run([program("kubectl") or "kubectl", "--kubeconfig", ADMIN, "--request-timeout", "5s", "get", "--raw", "/version"])
    if code != 0:
        lines = [line for line in err.splitlines() if line.strip()]
        found["problem"] = lines[-1][:200] if lines else "kubectl ended with status %d" % code
        return
    found["cluster"] = "up"
    found["kubernetes"] = number((parsed(out) or {}).get("gitVersion"))
    with proxy() as get:
        found["nodes"] = [node(each) for each in (get("/api/v1/nodes") or {}).get("items") or []]
        ranges(get("/api/v1/namespaces/kube-system/configmaps/kubeadm-config"), get("/apis/networking.k8s.io/v1/servicecidrs"))
        daemonset(get("/apis/apps/v1/namespaces/kube-system/daemonsets/calico-node"), get)
        objects([group["name"] for group in (get("/apis") or {}).get("groups") or []], get)
    found["kubeadm"], found["kubelet"] = version_of("kubeadm", "version", "-o", "short"), version_of("kubelet", "--version")

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
