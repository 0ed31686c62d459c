"""What kube-proxy does: connections to a Service go on to one of its endpoints, from pods and from the node itself.

As in kube-proxy's mode ipvs each cluster IP is an address of the node (here by a route of type local: this kernel has
neither IPVS nor dummy), so a port that no Service has, and a Service without endpoints, refuse at once. The rest is
nftables: one map from address, protocol and port to the chain that picks an endpoint. Not done: session affinity, node
ports, external and load balancer addresses.
"""
import subprocess

SERVICES, SLICES = "/api/v1/services", "/apis/discovery.k8s.io/v1/endpointslices"
TABLE = "calispray_services"
# The routing protocol number by which the lab knows its local routes again.
PROTO = "81"
# kube-proxy marks what it has to masquerade with the same one.
MARK = "0x4000"
SERVICE_OF = "kubernetes.io/service-name"


def key(thing):
    return thing["metadata"]["namespace"], thing["metadata"]["name"]


def by_service(slices):
    """{(namespace, service): [EndpointSlice]}, those of IPv4."""
    found = {}
    for one in slices:
        service = one["metadata"].get("labels", {}).get(SERVICE_OF)
        if service and one.get("addressType") == "IPv4":
            found.setdefault((one["metadata"]["namespace"], service), []).append(one)
    return found


def ready(endpoint):
    """Not said means yes (discovery.k8s.io/v1, EndpointConditions.ready)."""
    return endpoint.get("conditions", {}).get("ready") is not False


def endpoints(slices, port_name):
    """[(address, port)] of a port of a Service, in order."""
    found = set()
    for one in slices:
        ports = [p["port"] for p in one.get("ports") or [] if (p.get("name") or "") == port_name and p.get("port")]
        for endpoint in one.get("endpoints") or []:
            if ready(endpoint):
                found.update((address, port) for address in endpoint["addresses"] for port in ports)
    return sorted(found)


def cluster_ip(service):
    """Its address of IPv4, or None: headless, of another name, not given yet."""
    spec = service["spec"]
    address = spec.get("clusterIP") or "None"
    return None if address == "None" or ":" in address or spec.get("type") == "ExternalName" else address


def table(services, slices):
    """[{address, protocol, port, endpoints: [(address, port)]}] of all ports of all Services, in order."""
    of, found = by_service(slices), []
    for service in services:
        address = cluster_ip(service)
        for port in service["spec"].get("ports") or [] if address else []:
            reached = endpoints(of.get(key(service), []), port.get("name") or "")
            found.append({"address": address, "protocol": port.get("protocol", "TCP").lower(), "port": port["port"], "endpoints": reached})
    return sorted(found, key=lambda p: (p["address"], p["protocol"], p["port"]))


def rules(ports):
    """The table for nft(8), whole: it takes the place of the one that is there."""
    lines = ["table ip %s" % TABLE, "delete table ip %s" % TABLE, "table ip %s {" % TABLE]
    carried = [p for p in ports if p["endpoints"]]
    for p in carried:
        targets = ", ".join("%d : %s . %d" % (i, address, port) for i, (address, port) in enumerate(p["endpoints"]))
        pick = "numgen random mod %d map { %s }" % (len(p["endpoints"]), targets)
        lines += ["  chain %s {" % chain(p), "    meta l4proto %s dnat ip to %s" % (p["protocol"], pick), "  }"]
    jumps = ", ".join("%s . %s . %d : goto %s" % (p["address"], p["protocol"], p["port"], chain(p)) for p in carried)
    own = ", ".join("%s . %s" % (a, a) for a in sorted({address for p in carried for address, _ in p["endpoints"]}))
    addresses = ", ".join(sorted({p["address"] for p in carried}))
    to = "ip daddr . meta l4proto . th dport vmap @ports"
    lines += ["  map ports {", "    type ipv4_addr . inet_proto . inet_service : verdict"]
    lines += ["    elements = { %s }" % jumps] if carried else []
    lines += ["  }"]
    lines += ["  chain from_pods {", "    type nat hook prerouting priority -100", "    " + to, "  }"]
    lines += ["  chain from_node {", "    type nat hook output priority -100"]
    lines += ["    ip daddr { %s } meta mark set meta mark or %s" % (addresses, MARK)] if carried else []
    lines += ["    " + to, "  }", "  chain answers {", "    type nat hook postrouting priority 100"]
    # An answer has to come back here: to the node's own connections, and to a pod that reached itself.
    lines += ["    ct status dnat meta mark and %s == %s masquerade" % (MARK, MARK)]
    lines += ["    ct status dnat ip saddr . ip daddr { %s } masquerade" % own] if carried else []
    lines += ["  }", "}"]
    return "\n".join(lines) + "\n"


def chain(port):
    return "to_%s_%s_%d" % (port["address"].replace(".", "_"), port["protocol"], port["port"])


def run(*argv, text=None):
    """Standard output; RuntimeError with what the command said where it failed."""
    done = subprocess.run(argv, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    if done.returncode != 0:
        raise RuntimeError("%s: %s" % (" ".join(argv), done.stderr.strip()))
    return done.stdout


def forget(ports):
    """Flows of UDP to these Services. Who asked before there was a rule, or an endpoint that is gone, would go on asking nobody for as long as
    the same socket asks: the kernel keeps what it decided for the flow (kube-proxy does the same: pkg/proxy/conntrack/cleanup.go)."""
    for address in sorted({p["address"] for p in ports if p["protocol"] == "udp"}):
        # It ends with 1 where there was none.
        subprocess.run(["conntrack", "-D", "-p", "udp", "--orig-dst", address], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def local_routes():
    """The cluster IPs that are addresses of this node."""
    shown = run("ip", "route", "show", "table", "local", "type", "local", "proto", PROTO)
    return {line.split()[0 if line.split()[0] != "local" else 1] for line in shown.splitlines()}


class Services:
    """The node's table and routes, which are written only where they differ from what was written last."""

    def __init__(self, node_address):
        """`node_address`: what the node's own connections come from."""
        self.node_address = node_address
        self.written = None
        self.routes = None

    def apply(self, services, slices):
        """Both are lists of objects as the API gives them. Raises RuntimeError, and tries again with the next call."""
        ports = table(services, slices)
        text = rules(ports)
        if text != self.written:
            run("nft", "-f", "-", text=text)
            forget(ports)
            self.written = text
        wanted = {address for address in map(cluster_ip, services) if address}
        if wanted != self.routes:
            there = local_routes()
            route = "route %s local %s dev lo table local proto " + PROTO
            lines = [route % ("del", address) for address in sorted(there - wanted)]
            lines += [(route + " src %s") % ("replace", address, self.node_address) for address in sorted(wanted - there)]
            run("ip", "-batch", "-", text="\n".join(lines) + "\n")
            self.routes = wanted


class Part:
    lists = (SERVICES, SLICES)

    def __init__(self, agent):
        self.agent, self.services = agent, Services(agent.me["address"])

    def changed(self):
        services, slices = map(self.agent.objects, self.lists)
        if services is not None and slices is not None:
            self.services.apply(services, slices)


def down():
    """Nothing of it is left, and it may be called twice."""
    run("nft", "-f", "-", text="table ip %s\ndelete table ip %s\n" % (TABLE, TABLE))
    lines = ["route del local %s dev lo table local proto %s" % (address, PROTO) for address in sorted(local_routes())]
    run("ip", "-batch", "-", text="\n".join(lines) + "\n")
