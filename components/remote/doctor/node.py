# What one node is, as NodeEvidence of kubespray/doctor/types.ts says: printed as one line of JSON. Python 3.6 or newer, root.
# The texts of ../probes and of firewall.py, and QUESTION = {"address": the node's own} stand before it. It reads and asks; nothing on the node changes.
import array, ctypes, fcntl, fnmatch, glob, json, os, re, socket, struct, subprocess, threading, time

os.environ["PATH"] = os.environ.get("PATH", "") + ":/usr/local/bin:/usr/sbin:/sbin"
os.environ["LC_ALL"] = "C"
TUNNELS = ("tunl0", "vxlan.calico", "vxlan-v6.calico", "wireguard.cali", "wg-v6.cali")
WIREGUARD = ("wireguard.cali", "wg-v6.cali")
UNITS = ("firewalld", "ufw", "nftables", "iptables", "NetworkManager", "systemd-networkd", "kubelet", "containerd", "crio", "docker",
         "calico-node", "chrony", "chronyd", "ntp", "ntpd", "ntpsec", "systemd-timesyncd")
MOST = 4 * 1024 * 1024


def text_of(path, most=MOST):
    try:
        with open(path, "rb") as file:
            return file.read(most).decode("utf-8", "replace")
    except OSError:
        return ""


def run(*words, seconds=8):
    """Standard output; empty where the program is not there, fails or takes too long."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds)
        return done.stdout[:MOST].decode("utf-8", "replace")
    except (OSError, subprocess.SubprocessError):
        return ""


def listed(*words):
    try:
        return [each for each in json.loads(run(*words) or "[]") if each]
    except ValueError:
        return []


# --- links, routes, tunnels


def is_global(address):
    return address.get("scope") not in ("link", "host")


def links_of(raw):
    return [{"name": each.get("ifname", ""), "kind": (each.get("linkinfo") or {}).get("info_kind") or "", "mtu": each.get("mtu") or 0,
             "up": "UP" in (each.get("flags") or []),
             "addresses": ["%s/%s" % (a["local"], a.get("prefixlen", 32)) for a in each.get("addr_info") or [] if "local" in a]}
            for each in raw]


def routes():
    found = []
    for family in ("-4", "-6"):
        for each in listed("ip", "-j", family, "route", "show", "table", "all"):
            # The kernel's own for addresses, broadcast and multicast say nothing.
            if each.get("table") == "local" or each.get("type") in ("local", "broadcast", "anycast", "multicast") or str(each.get("dst")).startswith("ff00::"):
                continue
            route = {"to": each.get("dst", "")}
            for key, name in (("gateway", "via"), ("dev", "device"), ("protocol", "protocol"), ("type", "type")):
                if isinstance(each.get(key), str):
                    route[name] = each[key]
            hops = each.get("nexthops") or []
            if hops and "via" not in route:
                route["via"] = ",".join(str(hop.get("gateway", hop.get("dev", ""))) for hop in hops)
            found.append(route)
    return found


def checksum_offload(device):
    """ETHTOOL_GTXCSUM (linux/ethtool.h): for a VXLAN device that is tx-checksum-ip-generic, the one that it has."""
    value = array.array("B", struct.pack("II", 0x16, 0))
    request = struct.pack("16sP", device.encode(), value.buffer_info()[0])
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            fcntl.ioctl(s, 0x8946, request.ljust(40, b"\0"))
        return struct.unpack("II", value.tobytes())[1] != 0
    except OSError:
        return None


def tunnels(raw):
    found = []
    for each in raw:
        name = each.get("ifname")
        if name not in TUNNELS:
            continue
        addresses = [a["local"] for a in each.get("addr_info") or [] if is_global(a) and "local" in a]
        # tunl0 comes with the kernel's module: without an address nobody uses it.
        if name == "tunl0" and not addresses and "UP" not in (each.get("flags") or []):
            continue
        tunnel = {"device": name, "address": addresses[0] if addresses else None, "mtu": each.get("mtu") or 0,
                  "checksumOffload": checksum_offload(name)}
        data = (each.get("linkinfo") or {}).get("info_data") or {}
        for key, to in (("port", "port"), ("id", "vni")):
            if isinstance(data.get(key), int):
                tunnel[to] = data[key]
        found.append(tunnel)
    return found


def wireguard(raw):
    """Asked field by field: `wg show DEVICE dump` would have the private key in it."""
    found = []
    for device in (each.get("ifname") for each in raw if each.get("ifname") in WIREGUARD):
        about = {}
        for what in ("endpoints", "latest-handshakes", "transfer"):
            for line in run("wg", "show", device, what).splitlines():
                key, *rest = line.split("\t")
                about.setdefault(key, {})[what] = rest
        for peer in about.values():
            at = int((peer.get("latest-handshakes") or ["0"])[0])
            received, sent = [int(each) for each in (peer.get("transfer") or ["0", "0"])[:2]]
            found.append({"endpoint": (peer.get("endpoints") or [""])[0], "received": received, "sent": sent,
                          "handshake": max(0, round(time.time() - at)) if at else None})
    return found


# --- kernel settings, services


def sysctls(interfaces):
    names = ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding", "net/netfilter/nf_conntrack_count", "net/netfilter/nf_conntrack_max",
             "net/bridge/bridge-nf-call-iptables"]
    for each in ["all", "default"] + interfaces:
        names += ["net/ipv4/conf/%s/rp_filter" % each, "net/ipv4/conf/%s/forwarding" % each]
    found = {}
    for name in names:
        value = text_of("/proc/sys/" + name, 100).strip()
        if value:
            found[name] = value
    return found


def active():
    said = run("systemctl", "is-active", *[unit + ".service" for unit in UNITS]).split()
    there = [unit for unit, state in zip(UNITS, said) if state == "active"] if len(said) == len(UNITS) else []
    # ufw's unit is active although ufw is switched off.
    on = re.search(r"^ENABLED=yes", text_of("/etc/ufw/ufw.conf"), re.M)
    return [unit for unit in there if unit != "ufw" or on]


def network_manager(running, devices):
    if "NetworkManager" not in running:
        return None
    patterns = []
    for path in ["/etc/NetworkManager/NetworkManager.conf"] + sorted(glob.glob("/etc/NetworkManager/conf.d/*.conf") + glob.glob("/usr/lib/NetworkManager/conf.d/*.conf")):
        for line in re.findall(r"^\s*unmanaged-devices\s*[+]?=(.*)$", text_of(path), re.M):
            patterns += [each.strip()[len("interface-name:"):].lstrip("=~") for each in re.split(r"[;,]", line) if each.strip().startswith("interface-name:")]
    wanted = ["cali0123456789a"] + [device for device in devices if device in TUNNELS]
    return all(any(fnmatch.fnmatch(device, pattern) for pattern in patterns) for device in wanted)


# --- pods, sockets, files of Calico and kubelet


def pods():
    return [{"name": None, "address": each["address"], "mtu": each["mtu"], "hostMtu": each.get("host_mtu")} for each in pod_namespaces()]


def listening():
    found = set()
    for protocol, states in (("tcp", ("0A",)), ("udp", ("07",))):
        for path in ("/proc/net/" + protocol, "/proc/net/" + protocol + "6"):
            for line in text_of(path).splitlines()[1:]:
                fields = line.split()
                if len(fields) > 3 and fields[3] in states:
                    found.add((protocol, int(fields[1].rpartition(":")[2], 16)))
    return ["%s/%d" % each for each in sorted(found)]


def calico():
    mtu = text_of("/var/lib/calico/mtu", 100).strip()
    return {"mtu": int(mtu) if mtu.isdigit() else None, "nodename": text_of("/var/lib/calico/nodename", 300).strip() or None}


def cluster_dns():
    for path in ("/etc/kubernetes/kubelet-config.yaml", "/var/lib/kubelet/config.yaml"):
        match = re.search(r"^clusterDNS:\s*\n((?:\s*-\s*.*\n?)+)", text_of(path), re.M)
        if match:
            return [each.strip("\"' ") for each in re.findall(r"-\s*(.*)", match.group(1))]
    return []


# What Felix, confd and the IPAM plugin say of the troubles that are known.
SENTENCES = re.compile(
    r"Determined pod MTU|larger than detected host|auto-detect host MTU|IPAM allocated only|per host block limit|BIRD is not ready"
    r"|already using the IPv[46] address|Unable to auto-?detect|dataplane.{0,40}fail|Failed to (?:execute|program|apply|update|set)"
    r"|iptables-restore|nft.{0,20}failed|conflict.{0,40}address|[Ww]ire[Gg]uard.{0,60}(?:fail|not supported|disabled)|clock|Bad peer AS")


def log():
    files = glob.glob("/var/log/pods/*_calico-node-*/calico-node/*.log") + glob.glob("/var/log/calico/*/current")
    found = []
    for path in sorted(files, key=lambda each: os.path.getmtime(each) if os.path.exists(each) else 0)[-3:]:
        try:
            with open(path, "rb") as file:
                file.seek(max(0, os.path.getsize(path) - 1024 * 1024))
                said = file.read(1024 * 1024).decode("utf-8", "replace")
        except OSError:
            continue
        found += [line.strip()[:300] for line in said.splitlines() if SENTENCES.search(line)]
    return found[-50:]


def api():
    """As the kubelet reaches it. Nothing secret is said, and what is answered counts as an answer whoever gives it."""
    for path in ("/etc/kubernetes/kubelet.conf", "/etc/kubernetes/admin.conf"):
        server = re.search(r"^\s*server:\s*[\"']?(https://(\[[^\]]+\]|[^\s\"'@/:]+)(?::(\d+))?)", text_of(path), re.M)
        if server:
            url, host, number = server.groups()
            return dict(lives(host.strip("[]"), int(number or 443)), url=url)
    return None


def lives(host, number):
    import http.client, ssl  # a good part of the time that all of this takes: for nodes of a cluster alone
    connection = http.client.HTTPSConnection(host, number, timeout=4, context=ssl._create_unverified_context())
    try:
        connection.request("GET", "/livez")
        answer = connection.getresponse()
        said = answer.read(100).decode("utf-8", "replace").strip()
        # 401 and 403: it works, and does not tell it to everybody.
        return {"ok": answer.status in (200, 401, 403), "said": said if answer.status == 200 else "HTTP %d %s" % (answer.status, answer.reason)}
    except (OSError, http.client.HTTPException) as error:
        return {"ok": False, "said": (getattr(error, "strerror", None) or str(error) or type(error).__name__)[:200]}
    finally:
        connection.close()


def synchronized():
    """STA_UNSYNC of adjtimex(2), which changes nothing with modes 0."""
    try:
        buffer = ctypes.create_string_buffer(512)
        if ctypes.CDLL(None, use_errno=True).adjtimex(buffer) < 0:
            return None
        return not struct.unpack_from("i", buffer.raw, 40)[0] & 0x40
    except (OSError, AttributeError):
        return None


def main():
    # Before there is a second thread: it forks.
    spaces, answered = pods(), {}
    waiting = threading.Thread(target=lambda: answered.update(api=api()), daemon=True)
    waiting.start()
    raw = listed("ip", "-j", "-d", "addr", "show")
    names = [each.get("ifname") for each in raw]
    uplinks = [each.get("ifname") for each in raw if any(a.get("local") == QUESTION["address"] for a in each.get("addr_info") or [])]
    running = active()
    ruleset = run("nft", "-nn", "list", "ruleset")
    tables, others = iptables(ruleset)
    drops = nft_drops(ruleset) + [line for where, saved in others for line in saved_drops(where, saved)]
    found = {
        "lab": os.path.exists("/etc/calispray-lab"), "synchronized": synchronized(), "links": links_of(raw), "routes": routes(),
        "sysctl": sysctls(uplinks + [name for name in names if name in TUNNELS]), "active": running,
        "networkManagerLeavesCalico": network_manager(running, names), "iptables": tables,
        "drops": drops[:200], "bird": bird_seen("Neighbor address", "Neighbor AS", "Local AS", "Last error"), "tunnels": tunnels(raw), "wireguard": wireguard(raw),
        "pods": spaces, "listening": listening(), "calico": calico(), "clusterDns": cluster_dns(), "log": log(),
    }
    waiting.join(6)
    found["api"] = answered.get("api")
    print(json.dumps(found))


main()
