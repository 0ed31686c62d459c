#!/usr/bin/python3
"""The lab's data plane on one node: what calico-node would program, from one JSON file.

    calispray-lab-dataplane apply          converge: pods, routes, tunnel, BIRD
    calispray-lab-dataplane wait SECONDS   until every other node's blocks have a route
    calispray-lab-dataplane down           everything of it gone

As Calico does it: veth `cali<11 hex>` with proxy ARP for 169.254.1.1, a /32 route to
each pod, a blackhole for each own block, BIRD with a full mesh, vxlan.calico or tunl0.
A pod that did not change is left alone; another MTU is for pods that are made from then on.
"""
import json
import os
import sys
import time

sys.path.insert(0, "/usr/local/lib/calispray-lab")
import dns  # noqa: E402
import network  # noqa: E402
import services  # noqa: E402
from host import RUN, ip, ip_json, load_plan, read, run, save, sysctl  # noqa: E402
from plan import bird_conf, networks, tunnel_address, tunnel_mac  # noqa: E402

PROTO = "80"  # the routing protocol number Felix marks its routes with


# --- pods


def netns(name):
    return name.replace("/", ".")


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
            network.add(netns(name), pod["interface"], pod["address"], pod["mtu"])
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
            raise RuntimeError("calispray-lab-ipip.service did not make tunl0 within 5 s")
        time.sleep(0.02)
    ip("link set tunl0 mtu %d up" % wanted["mtu"])
    ip("addr replace %s/32 dev tunl0" % wanted["address"])


def drop_tunnels():
    run("systemctl", "stop", "calispray-lab-ipip.service", check=False)
    ip("link del vxlan.calico", check=False)
    ip("link del tunl0", check=False)


def apply_routes(plan, state):
    """Own blocks are black holes (pods are more exact); other nodes' blocks as far as Felix carries them."""
    wanted = {"blackhole " + b: b for b in plan.me["blocks"] + plan.me.get("more", [])}
    for node in plan.others if plan.routed else []:
        for block in networks(node):
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
    """natOutgoing: what leaves the pools leaves with the node's address."""
    rules = "table ip calispray_lab\ndelete table ip calispray_lab\n"
    pools, natted = (", ".join(p["cidr"] for p in plan.pools if each(p)) for each in (lambda p: True, lambda p: p["nat"]))
    if natted:
        rules += "add table ip calispray_lab\nadd chain ip calispray_lab nat_outgoing { type nat hook postrouting priority srcnat; }\n"
        rules += "add rule ip calispray_lab nat_outgoing ip saddr { %s } ip daddr != { %s } masquerade\n" % (natted, pools)
    run("nft", "-f", "-", text=rules)


# --- commands


def apply():
    os.makedirs(RUN, exist_ok=True)
    plan, state = load_plan(), read(RUN + "/state.json")
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
    state = read(RUN + "/state.json")
    run("systemctl", "stop", "calispray-lab-bird.service", check=False)
    drop_tunnels()
    for name, pod in state.get("pods", {}).items():
        network.remove(netns(name), pod["interface"])
    # Those of the API's pods, whose agent is stopped by now.
    for link in ip_json("link show type veth"):
        if link["ifname"].startswith("cali"):
            ip("link del " + link["ifname"], check=False)
    for space in os.listdir("/run/netns") if os.path.isdir("/run/netns") else []:
        if space.startswith("cni-"):
            ip("netns del " + space, check=False)
    for proto in (PROTO, "bird"):
        ip("route flush proto " + proto, check=False)
    run("nft", "-f", "-", text="table ip calispray_lab\ndelete table ip calispray_lab\n", check=False)
    dns.down()
    services.down()
    for name in ("state.json", "pods.json", "notes", "bird.conf", "live.json"):
        if os.path.exists(os.path.join(RUN, name)):
            os.unlink(os.path.join(RUN, name))


def main(words):
    if words == ["apply"]:
        apply()
    elif len(words) == 2 and words[0] == "wait":
        wait(float(words[1]))
    elif words == ["down"]:
        down()
    else:
        sys.exit("usage: calispray-lab-dataplane apply | wait SECONDS | down")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except RuntimeError as e:
        sys.exit(str(e))
