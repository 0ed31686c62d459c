"""What CoreDNS and the node-local cache answer, served by dnsmasq(8): the lab has no images.

A pod of CoreDNS on this node gets a dnsmasq in its network namespace, with the names of all Services; a pod of the
node-local cache one on the node, at the address that its own arguments name. Which pods there are, and where, is the
API's to say: without one of them nothing answers, as on a real cluster. Names outside the cluster go to
upstream_dns_servers, and where there are none they are refused.
"""
import os
import signal
import subprocess

from services import SERVICES, SLICES, by_service, cluster_ip, key, ready, run

NAMES = "/run/calispray-lab/services.hosts"
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


def pods_of(node):
    return "/api/v1/pods?fieldSelector=spec.nodeName%3D" + node


def runs(pod):
    """Whether it is to run: neither over nor going."""
    return not pod["metadata"].get("deletionTimestamp") and pod.get("status", {}).get("phase") not in ("Succeeded", "Failed")


def after(arguments, option):
    """The argument that follows an option, or None."""
    return arguments[arguments.index(option) + 1] if option in arguments[:-1] else None


def servers(pods, spaces, conf):
    """{name: {netns, address, forward}} of the DNS servers of this node; `netns` of None is the node's own.

    `pods` are the node's, `spaces` {(namespace, name): path of the network namespace} of those that have one,
    `conf` the part `dns` of dataplane.json: {domain, server: address of CoreDNS or '', upstream: [address]}.
    """
    found = {}
    for pod in filter(runs, pods):
        space, name = key(pod)
        label = (pod["metadata"].get("labels") or {}).get("k8s-app")
        if space != "kube-system" or label not in CORE + (CACHE,):
            continue
        if label != CACHE and (space, name) in spaces and pod.get("status", {}).get("podIP"):
            found[name] = {"netns": spaces[(space, name)], "address": pod["status"]["podIP"], "forward": None}
        listen = after([a for c in pod["spec"]["containers"] for a in c.get("args") or []], "-localip")
        if label == CACHE and pod["spec"].get("hostNetwork") and listen and conf["server"]:
            found[name] = {"netns": None, "address": listen, "forward": conf["server"]}
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
        argv += ["--cache-size=0", "--local=/%s/" % conf["domain"], "--local-ttl=5", "--addn-hosts=" + NAMES]
    return argv + ["--server=" + upstream for upstream in conf["upstream"]]


class Dns:
    """The DNS servers of this node; a process of each is a child of this one."""

    def __init__(self):
        self.children, self.names, self.addresses = {}, None, None
        # Inherited by what has not come to its own handler yet: it reads the file later anyway.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def apply(self, wanted, text, conf):
        """Starts and ends servers, and anew one that died; `text` is what CoreDNS answers. Raises RuntimeError."""
        if text != self.names:
            with open(NAMES + ".tmp", "w") as f:
                f.write(text)
            os.rename(NAMES + ".tmp", NAMES)
            self.names = text
            # Told, not left to look for itself (--hostsdir): the machine's inotify instances are few for so many nodes.
            for _, child in self.children.values():
                child.send_signal(signal.SIGHUP)
        commands = {name: command(server, conf) for name, server in wanted.items()}
        for name, (argv, child) in list(self.children.items()):
            if commands.get(name) != argv or child.poll() is not None:
                stop(child)
                del self.children[name]
        addresses = {server["address"] for server in wanted.values() if server["netns"] is None}
        if addresses != self.addresses:
            listen(addresses)
            self.addresses = addresses
        for name in sorted(commands.keys() - self.children.keys()):
            self.children[name] = (commands[name], subprocess.Popen(commands[name], stdin=subprocess.DEVNULL))


class Part:
    def __init__(self, agent):
        self.agent, self.dns = agent, Dns()
        self.lists = (pods_of(agent.name), SERVICES, SLICES)

    def changed(self):
        pods, services, slices = map(self.agent.objects, self.lists)
        if pods is None or services is None or slices is None:
            return None
        conf = self.agent.conf["dns"]
        self.dns.apply(servers(pods, self.agent.networks, conf), names(services, slices, conf["domain"]), conf)
        return 5 if self.dns.children else None  # one that died is started anew


def listen(wanted):
    """Gives lo the addresses of the node's own servers, known again by a label: this kernel has no dummy.

    Of scope host, or the kernel would take them for what the node's own packets to its pods come from.
    """
    shown = run("ip", "-o", "-4", "addr", "show", "dev", "lo", "label", LABEL)
    there = {line.split()[3].split("/")[0] for line in shown.splitlines()}
    line = "addr %%s %%s/32 dev lo scope host label %s\n" % LABEL
    run("ip", "-batch", "-", text="".join([line % ("del", a) for a in there - wanted] + [line % ("add", a) for a in wanted - there]))


def down():
    """Nothing of it is left once the agent ended."""
    listen(set())


def stop(child):
    """Ends a process, however unwilling, and takes it from the table of processes."""
    child.terminate()
    try:
        child.wait(2)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait(2)
