#!/usr/bin/python3
"""The lab's data plane on one node: what calico-node would program, from one JSON file.

    calispray-lab-dataplane apply          converge: pods, routes, tunnel, BIRD
    calispray-lab-dataplane wait SECONDS   until every other node's blocks have a route
    calispray-lab-dataplane down           everything of it gone

As Calico does it: veth `cali<11 hex>` with proxy ARP for 169.254.1.1, a /32 route to
each pod, a blackhole for each own block, BIRD with a full mesh, vxlan.calico or tunl0.
A pod that did not change is left alone; another MTU is for pods that are made from then on.
"""
import ipaddress
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, "/usr/local/lib/calispray-lab")
import dns  # noqa: E402
import services  # noqa: E402
from plan import Plan, bird_conf, tunnel_address, tunnel_mac  # noqa: E402

CONF = "/etc/calispray-lab/dataplane.json"
RUN = "/run/calispray-lab"
GATEWAY = "169.254.1.1"
CALI_MAC = "ee:ee:ee:ee:ee:ee"
PROTO = "80"  # the routing protocol number Felix marks its routes with


def run(*argv, check=True, text=None):
    r = subprocess.run(argv, input=text, capture_output=True, text=True)
    if check and r.returncode != 0:
        sys.exit("%s: %s" % (" ".join(argv), r.stderr.strip()))
    return r


def ip(line, check=True):
    return run("ip", *line.split(), check=check)


def ip_json(line):
    r = run("ip", "-j", *line.split(), check=False)
    return json.loads(r.stdout or "[]") if r.returncode == 0 else []


def sysctl(key, value):
    with open("/proc/sys/" + key, "w") as f:
        f.write(str(value))


def save(path, text):
    """True when the file changed."""
    if os.path.exists(path):
        with open(path) as f:
            if f.read() == text:
                return False
    with open(path + ".tmp", "w") as f:
        f.write(text)
    os.rename(path + ".tmp", path)
    return True


def uplink(address):
    """(interface, its network, its MTU) of the interface that carries the node's address."""
    for link in ip_json("addr show"):
        for a in link["addr_info"]:
            if a.get("local") == address:
                return link["ifname"], ipaddress.ip_network("%s/%d" % (address, a["prefixlen"]), strict=False), link["mtu"]
    sys.exit("no interface carries the node's address %s" % address)


# --- pods


def netns(name):
    return name.replace("/", ".")


def add_pod(name, iface, address, mtu):
    space = netns(name)
    ip("netns del " + space, check=False)
    ip("link del " + iface, check=False)
    ip("netns add " + space)
    ip("link add %s mtu %d type veth peer name eth0 mtu %d netns %s" % (iface, mtu, mtu, space))
    ip("link set %s address %s up" % (iface, CALI_MAC))
    for key, value in (("conf/%s/proxy_arp", 1), ("neigh/%s/proxy_delay", 0), ("conf/%s/rp_filter", 1), ("conf/%s/forwarding", 1)):
        sysctl("net/ipv4/" + key % iface, value)
    batch = ["link set lo up", "link set eth0 up", "addr add %s/32 dev eth0" % address, "route add %s dev eth0 scope link" % GATEWAY, "route add default via %s dev eth0" % GATEWAY]
    run("ip", "-n", space, "-batch", "-", text="\n".join(batch) + "\n")
    ip("route replace %s/32 dev %s scope link" % (address, iface))


def apply_pods(plan, state):
    wanted = {name: {"interface": iface, "address": address, "mtu": plan.pod_mtu} for name, iface, address in plan.pods()}
    there = {link["ifname"] for link in ip_json("link show type veth")}
    running = {}
    for name, pod in state.get("pods", {}).items():
        if name in wanted and wanted[name]["address"] == pod["address"]:
            running[name] = pod
        else:
            ip("netns del " + netns(name), check=False)
    for name, pod in wanted.items():
        alive = pod["interface"] in there and os.path.exists("/run/netns/" + netns(name))
        if alive and name in running:
            pod["mtu"] = running[name]["mtu"]
        else:
            add_pod(name, pod["interface"], pod["address"], pod["mtu"])
    state["pods"] = wanted
    listed = [{"name": n, "netns": "/run/netns/" + netns(n), "address": p["address"]} for n, p in wanted.items()]
    save(RUN + "/pods.json", json.dumps(listed) + "\n")


# --- tunnels and routes


def apply_tunnel(plan, state):
    """Makes the tunnel device the plan wants, and no other. Returns a note or None."""
    c = plan.conf
    wanted = None if plan.mode == "Never" else {"kind": plan.kind, "mtu": plan.tunnel_mtu, "address": tunnel_address(plan.me), "vni": c["vxlan_vni"], "port": c["vxlan_port"], "local": plan.me["address"]}
    name = {"vxlan": "vxlan.calico", "ipip": "tunl0"}.get(plan.kind)
    if state.get("tunnel") != wanted or (wanted and not ip_json("link show " + name)):
        drop_tunnels()
        state["userspace"] = False
        if plan.kind == "vxlan" and wanted:
            ip("link add vxlan.calico mtu %(mtu)d type vxlan id %(vni)d dstport %(port)d local %(local)s nolearning" % wanted + " dev " + plan.interface)
            ip("link set vxlan.calico address " + tunnel_mac(plan.me))
        elif wanted:
            state["userspace"] = not kernel_ipip(wanted)
        if wanted:
            ip("link set %s mtu %d up" % (name, wanted["mtu"]))
            ip("addr replace %s/32 dev %s" % (wanted["address"], name))
    elif state.get("userspace"):
        run("systemctl", "reload-or-restart", "calispray-lab-ipip.service")
        tun_up(wanted)
    state["tunnel"] = wanted
    if state.get("userspace"):
        return "this kernel has no ipip, so tunl0 is the lab's own TUN program; the packets on the wire are real protocol 4"
    return None


def kernel_ipip(wanted):
    """Makes tunl0: the kernel's if it has one, else the TUN program's. True for the kernel's."""
    run("modprobe", "-q", "ipip", check=False)
    if ip_json("link show tunl0") or ip("link add tunl0 type ipip local %s ttl 64" % wanted["local"], check=False).returncode == 0:
        return True
    run("systemctl", "restart", "calispray-lab-ipip.service")
    tun_up(wanted)
    return False


def tun_up(wanted):
    end = time.monotonic() + 5
    while not ip_json("link show tunl0"):
        if time.monotonic() > end:
            sys.exit("calispray-lab-ipip.service did not make tunl0 within 5 s")
        time.sleep(0.02)
    ip("link set tunl0 mtu %d up" % wanted["mtu"])
    ip("addr replace %s/32 dev tunl0" % wanted["address"])


def drop_tunnels():
    run("systemctl", "stop", "calispray-lab-ipip.service", check=False)
    ip("link del vxlan.calico", check=False)
    ip("link del tunl0", check=False)


def apply_routes(plan, state):
    """Own blocks are black holes (pods are more exact); other nodes' blocks as far as Felix carries them."""
    wanted = {"blackhole " + b: b for b in plan.me["blocks"]}
    for node in plan.others if plan.routed else []:
        for block in node["blocks"]:
            if plan.tunnelled(node) and plan.kind == "vxlan":
                wanted["%s via %s dev vxlan.calico onlink" % (block, tunnel_address(node))] = block
            elif plan.tunnelled(node):
                wanted[("%s dev tunl0" if state.get("userspace") else "%s via " + node["address"] + " dev tunl0 onlink") % block] = block
            elif plan.kind == "vxlan":
                wanted["%s via %s dev %s onlink" % (block, node["address"], plan.interface)] = block
        if plan.tunnelled(node) and plan.kind == "vxlan":
            ip("neigh replace %s lladdr %s dev vxlan.calico nud permanent" % (tunnel_address(node), tunnel_mac(node)))
            run("bridge", "fdb", "replace", tunnel_mac(node), "dev", "vxlan.calico", "dst", node["address"])
    for route in ip_json("route show proto " + PROTO):
        block = route["dst"] if "/" in route["dst"] else route["dst"] + "/32"
        if block not in wanted.values():
            ip("route del %s proto %s" % (block, PROTO), check=False)
    for line in wanted:
        ip("route replace %s proto %s" % (line, PROTO))


# --- BIRD


def apply_bird(plan):
    if plan.conf["backend"] != "bird":
        run("systemctl", "stop", "calispray-lab-bird.service", check=False)
        ip("route flush proto bird", check=False)
        return
    changed = save(RUN + "/bird.conf", bird_conf(plan))
    active = run("systemctl", "is-active", "-q", "calispray-lab-bird.service", check=False).returncode == 0
    if changed and active:
        active = run("systemctl", "reload", "calispray-lab-bird.service", check=False).returncode == 0
    if not active:
        run("systemctl", "restart", "calispray-lab-bird.service")


def apply_nat(plan):
    """natOutgoing: what leaves the pool leaves with the node's address."""
    rules = "table ip calispray_lab\ndelete table ip calispray_lab\n"
    if plan.conf["nat_outgoing"]:
        pool = plan.conf["pool"]
        rules += "add table ip calispray_lab\nadd chain ip calispray_lab nat_outgoing { type nat hook postrouting priority srcnat; }\n"
        rules += "add rule ip calispray_lab nat_outgoing ip saddr %s ip daddr != %s masquerade\n" % (pool, pool)
    run("nft", "-f", "-", text=rules)


# --- commands


def load_plan():
    with open(CONF) as f:
        conf = json.load(f)
    if os.path.exists(RUN + "/live.json"):
        with open(RUN + "/live.json") as f:
            conf.update(json.load(f))
    return Plan(conf, *uplink(next(n["address"] for n in conf["nodes"] if n["name"] == conf["name"])))


def load_state():
    try:
        with open(RUN + "/state.json") as f:
            return json.load(f)
    except FileNotFoundError:
        return {}


def apply():
    os.makedirs(RUN, exist_ok=True)
    plan, state = load_plan(), load_state()
    for key, value in (("ip_forward", 1), ("conf/all/rp_filter", 0), ("conf/default/rp_filter", 0)):
        sysctl("net/ipv4/" + key, value)
    notes = [apply_tunnel(plan, state)]
    if not plan.routed:
        notes.append("calico_network_backend %s distributes no routes for these modes: pods reach those of their own node only" % plan.conf["backend"])
    apply_routes(plan, state)
    apply_pods(plan, state)
    apply_bird(plan)
    apply_nat(plan)
    save(RUN + "/state.json", json.dumps(state))
    save(RUN + "/notes", "".join(note + "\n" for note in notes if note))


def wait(seconds):
    plan = load_plan()
    if not plan.routed or (plan.kind != "vxlan" and not plan.conf["bgp"]["mesh"]):
        print("the variables ask for no routes between nodes")
        return
    end = time.monotonic() + seconds
    blocks = [(b, n["name"]) for n in plan.others for b in n["blocks"]]
    while True:
        missing = [x for x in blocks if not ip_json("route show exact " + x[0])]
        if not missing:
            return
        if time.monotonic() > end:
            sessions = run("birdc", "-s", "/run/calico/bird.ctl", "show", "protocols", check=False).stdout
            sys.exit("no route to %s after %d s\n%s" % (", ".join("%s of %s" % x for x in missing), seconds, sessions))
        time.sleep(0.1)


def down():
    state = load_state()
    run("systemctl", "stop", "calispray-lab-bird.service", check=False)
    drop_tunnels()
    for name, pod in state.get("pods", {}).items():
        ip("netns del " + netns(name), check=False)
        ip("link del " + pod["interface"], check=False)
    for proto in (PROTO, "bird"):
        ip("route flush proto " + proto, check=False)
    run("nft", "-f", "-", text="table ip calispray_lab\ndelete table ip calispray_lab\n", check=False)
    dns.down()
    services.down()
    for name in ("state.json", "pods.json", "notes", "bird.conf", "live.json"):
        if os.path.exists(os.path.join(RUN, name)):
            os.unlink(os.path.join(RUN, name))


if __name__ == "__main__":
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command == "apply":
        apply()
    elif command == "wait":
        wait(float(sys.argv[2]))
    elif command == "down":
        down()
    else:
        sys.exit("usage: calispray-lab-dataplane apply | wait SECONDS | down")
