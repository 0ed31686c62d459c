"""What CoreDNS and the node-local cache answer, served by dnsmasq(8): the lab has no images.

A pod of CoreDNS on this node gets a dnsmasq in its network namespace, with the names of all Services; a pod of the
node-local cache one on the node, at the address that its own arguments name. Which pods there are, and where, is the
API's to say: without one of them nothing answers, as on a real cluster. Names outside the cluster go to
upstream_dns_servers, and where there are none they are refused.
"""
import os
import signal
import subprocess

from services import by_service, cluster_ip, key, ready, run

RUN = "/run/calispray-lab/dns"
# Services carry the labels of the pods too (kubespray v2.31.0 roles/kubernetes-apps/ansible/templates).
CORE, CACHE = ("kube-dns", "kube-dns-secondary"), "node-local-dns"
LABEL = "lo:dns"


def names(services, slices, domain):
    """Lines of a hosts file: Services, and the endpoints of headless ones by their own names too."""
    of, lines = by_service(slices), set()
    for service in services:
        space, name = key(service)
        zone = "%s.%s.svc.%s" % (name, space, domain)
        address = cluster_ip(service)
        if address:
            lines.add("%s %s" % (address, zone))
        elif service["spec"].get("clusterIP") == "None":
            for endpoint in (e for one in of.get((space, name), []) for e in one.get("endpoints") or [] if ready(e)):
                for pod in endpoint["addresses"]:
                    # CoreDNS's plugin `kubernetes`: an endpoint without a hostname is called by its address.
                    lines.update(("%s %s" % (pod, zone), "%s %s.%s" % (pod, endpoint.get("hostname") or pod.replace(".", "-"), zone)))
    return "".join(line + "\n" for line in sorted(lines))


def runs(pod):
    """Whether it is to run: neither over nor going."""
    return not pod["metadata"].get("deletionTimestamp") and pod.get("status", {}).get("phase") not in ("Succeeded", "Failed")


def after(arguments, option):
    """The argument that follows an option, or None."""
    return arguments[arguments.index(option) + 1] if option in arguments[:-1] else None


def servers(pods, spaces, services, conf):
    """{name: {netns, address, cache, forward}} of the DNS servers of this node.

    `pods` are the node's, `spaces` {(namespace, name): path of the network namespace} of those that have one,
    `conf` the part `dns` of dataplane.json: {domain, upstream}.
    """
    found = {}
    addresses = {key(s): cluster_ip(s) for s in services}
    for pod in filter(runs, pods):
        space, name = key(pod)
        label = (pod["metadata"].get("labels") or {}).get("k8s-app")
        if space != "kube-system" or label not in CORE + (CACHE,):
            continue
        if label != CACHE and (space, name) in spaces and pod.get("status", {}).get("podIP"):
            found[name] = {"netns": spaces[(space, name)], "address": pod["status"]["podIP"], "forward": None}
        arguments = [a for c in pod["spec"].get("containers") or [] for a in c.get("args") or []]
        listen, behind = after(arguments, "-localip"), addresses.get((space, after(arguments, "-upstreamsvc")))
        if label == CACHE and pod["spec"].get("hostNetwork") and listen and behind:
            found[name] = {"netns": None, "address": listen, "forward": behind}
    return found


def command(server, conf):
    """The dnsmasq of a server, in the foreground."""
    argv = ["nsenter", "--net=" + server["netns"]] if server["netns"] else []
    argv += ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--log-facility=-", "--no-resolv", "--no-hosts"]
    argv += ["--bind-interfaces", "--listen-address=" + server["address"]]
    if server["forward"]:
        # As long as kubespray's cache keeps them (nodelocaldns-config.yml.j2).
        argv += ["--cache-size=9984", "--max-cache-ttl=30", "--server=/%s/in-addr.arpa/%s" % (conf["domain"], server["forward"])]
    else:
        argv += ["--cache-size=0", "--local=/%s/" % conf["domain"], "--local-ttl=5", "--addn-hosts=%s/hosts" % RUN]
    return argv + ["--server=" + upstream for upstream in conf["upstream"]]


class Dns:
    """The DNS servers of this node; a process of each is a child of this one."""

    def __init__(self, conf):
        """`conf`: {domain, upstream: [address]}."""
        self.conf, self.children, self.hosts, self.addresses = conf, {}, None, None
        os.makedirs(RUN, exist_ok=True)

    def apply(self, pods, spaces, services, slices):
        """Starts, ends and tells the servers what changed; one that died is started anew. Raises RuntimeError."""
        wanted = servers(pods, spaces, services, self.conf)
        if any(server["forward"] is None for server in wanted.values()):
            self.write(names(services, slices, self.conf["domain"]))
        for name, (server, child) in list(self.children.items()):
            if wanted.get(name) != server or child.poll() is not None:
                stop(child)
                del self.children[name]
        self.listen({server["address"] for server in wanted.values() if server["netns"] is None})
        for name in sorted(wanted.keys() - self.children.keys()):
            argv = command(wanted[name], self.conf)
            self.children[name] = (wanted[name], subprocess.Popen(argv, stdin=subprocess.DEVNULL))

    def listen(self, wanted):
        """The addresses of the node's own servers, on lo and by a label: this kernel has no dummy."""
        if wanted == self.addresses:
            return
        shown = run("ip", "-o", "-4", "addr", "show", "dev", "lo", "label", LABEL)
        there = {line.split()[3].split("/")[0] for line in shown.splitlines()}
        line = "addr %%s %%s/32 dev lo label %s\n" % LABEL
        lines = [line % ("del", address) for address in there - wanted] + [line % ("add", address) for address in wanted - there]
        run("ip", "-batch", "-", text="".join(sorted(lines)))
        self.addresses = wanted

    def write(self, text):
        """The names of Services, told to those that answer for them."""
        if text == self.hosts:
            return
        with open(RUN + "/hosts.tmp", "w") as f:
            f.write(text)
        os.rename(RUN + "/hosts.tmp", RUN + "/hosts")
        self.hosts = text
        for server, child in self.children.values():
            if server["forward"] is None:
                child.send_signal(signal.SIGHUP)

    def end(self):
        """Nothing of it runs any more."""
        for _, child in self.children.values():
            stop(child)
        self.children = {}
        self.listen(set())


def stop(child):
    """Ends a process, however unwilling, and takes it from the table of processes."""
    child.terminate()
    try:
        child.wait(2)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait(2)
