"""What /etc/calispray-lab/dataplane.json means on one node. Touches nothing."""
import hashlib
import ipaddress

# What an encapsulation takes from the interface's MTU.
OVERHEAD = {"ipip": 20, "vxlan": 50, "none": 0}


def kind_of(conf):
    return "ipip" if conf["ipip_mode"] != "Never" else "vxlan" if conf["vxlan_mode"] != "Never" else "none"


def networks(node):
    """What a node carries: its blocks, those it took since, and addresses that it borrowed of another's."""
    return node["blocks"] + node.get("more", []) + [address + "/32" for address in node.get("borrowed", [])]


class Plan:
    """What the configuration means on this node."""

    def __init__(self, conf, interface, subnet, interface_mtu):
        """`interface` carries the node's address, in `subnet`."""
        self.conf = conf
        # What the API says since the playbooks were there: more, borrowed, tunnel (ipam.carried).
        nodes = [{**n, **conf.get("extra", {}).get(n["name"], {})} for n in conf["nodes"]]
        self.me = next(n for n in nodes if n["name"] == conf["name"])
        self.others = [n for n in nodes if n["name"] != conf["name"]]
        self.pools = conf.get("pools") or [{"cidr": conf["pool"], "nat": conf["nat_outgoing"]}]
        self.interface, self.subnet = interface, subnet
        self.kind = kind_of(conf)
        self.mode = {"ipip": conf["ipip_mode"], "vxlan": conf["vxlan_mode"], "none": "Never"}[self.kind]
        # Felix: the interface's MTU less the overhead of what is enabled, unless it is told.
        auto = interface_mtu - OVERHEAD[self.kind]
        self.tunnel_mtu = conf["tunnel_mtu"] or auto
        self.pod_mtu = conf["pod_mtu"] or (self.tunnel_mtu if self.kind != "none" else auto)
        # Felix carries VXLAN by itself; every other route comes from BIRD.
        self.routed = self.kind == "vxlan" or conf["backend"] == "bird"

    def tunnelled(self, node):
        return self.mode == "Always" or (self.mode == "CrossSubnet" and ipaddress.ip_address(node["address"]) not in self.subnet)

    def pods(self):
        """[(name, interface, address)] of this node; its first address belongs to the tunnel."""
        addresses = [a for b in self.me["blocks"] for a in ipaddress.ip_network(b)]
        offsets = (5, 10) if len(addresses) >= 16 else (1, 2)
        names = self.conf["pods"].get(self.me["name"]) or ["production/client-%d" % self.me["place"]]
        return [(name, "cali" + hashlib.sha1(name.replace("/", ".").encode()).hexdigest()[:11], str(addresses[i])) for name, i in zip(names, offsets)]


def tunnel_address(node):
    return node.get("tunnel") or node["blocks"][0].split("/")[0]


def tunnel_mac(node):
    return "66:00:" + ":".join("%02x" % int(x) for x in node["address"].split("."))


def bird_conf(plan):
    c, me = plan.conf, plan.me["address"]
    peers = [(n["address"], c["bgp"]["as"], "Mesh") for n in plan.others] if c["bgp"]["mesh"] else []
    peers += [(p["router_id"], p["as"], "Global" if p.get("scope") == "global" else "Node") for p in c["bgp"]["peers"]]
    exported = "none" if plan.mode == "Always" or plan.kind == "vxlan" else "where source = RTS_BGP"
    lines = [
        "router id %s;" % me,
        "protocol device { scan time 2; }",
        'protocol direct { ipv4; interface -"cali*", -"tunl*", -"vxlan*", "*"; }',
        "protocol static { ipv4; %s }" % " ".join("route %s blackhole;" % b for b in networks(plan.me)),
        "protocol kernel { learn; persist; ipv4 { import none; export %s; }; }" % exported,
    ]
    for address, number, kind in peers:
        lines += [
            "protocol bgp %s_%s {" % (kind, address.replace(".", "_")),
            "  local %s port %d as %s; neighbor %s port %d as %s;" % (me, c["bgp"]["port"], c["bgp"]["as"], address, c["bgp"]["port"], number),
            "  connect delay time 1; connect retry time 2; error wait time 1, 5; graceful restart;",
            "  ipv4 { import all; export where source = RTS_STATIC; next hop self; };",
            "}",
        ]
    return "\n".join(lines) + "\n"
