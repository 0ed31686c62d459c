"""What an agent is asked about its node and from within the pods there: one function each, called in a child of its own.

`inside` is the path of a pod's network namespace; without it, it is the node's own. Python 3.6 or newer.
"""
import json
import os
import re
import select
import socket
import subprocess
import time

import probes

KUBELET = ("/etc/kubernetes/kubelet-config.yaml", "/var/lib/kubelet/config.yaml")


def moved(function):
    def run(request, tell):
        if request.get("inside"):
            probes.enter(request["inside"])
        return function(request, tell)

    return run


def hello(_request, _tell):
    """`lab`: no calico-node runs here and nothing enforces policies. `clusterDns`: what the kubelet hands to pods, empty where it cannot be read."""
    links = json.loads(said("ip", "-j", "addr", "show"))
    addresses = [each.get("local") for link in links for each in link.get("addr_info") or [] if each.get("scope") == "global"]
    return {"lab": os.path.isdir("/etc/calispray-lab"), "addresses": addresses, "clusterDns": cluster_dns(), "time": time.time()}


def said(*words):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=10)
    return done.stdout.decode("utf-8", "replace") or "[]"


def cluster_dns():
    for path in KUBELET:
        try:
            with open(path) as file:
                found = re.search(r"^clusterDNS:\s*\n((?:\s*-\s*\S+\s*\n?)+)", file.read(), re.M)
        except OSError:
            continue
        return re.findall(r"-\s*[\"']?([0-9a-fA-F.:]+)", found.group(1)) if found else []
    return []


def pods(_request, _tell):
    return probes.pod_namespaces()


# --- paths


def path(request, _tell):
    """To `address`, with `size` bytes: {"small", "largest", "told", "tcp", "udp"}; the last two where `ports`. What just began is given
    time: for two seconds it is tried again."""
    address, size = request["address"], request["size"]
    for _ in range(4):
        first = probes.echo(address, timeout=0.5)
        if first["answer"]:
            break
        time.sleep(0 if first["said"] == "silent" else 0.5)
    found = probes.largest(address, size)
    ports = request.get("ports") and found["largest"]
    found["tcp"] = probes.tcp_closed(address) if ports else None
    found["udp"] = probes.udp_closed(address) if ports else None
    return found


def echo(request, _tell):
    return probes.echo(request["address"], request["size"], timeout=min(request["seconds"] - 2, 10), tries=6)


def port(request, _tell):
    return probes.port(request["address"], request["port"], timeout=min(request["seconds"] - 2, 10))


def connect(request, _tell):
    """`address`, `port`: {"open": true, "said": its first line} or {"open": false, "said": words}. `until`: `open` or `silent` is what is
    waited for; `silent` counts where it was so twice in a row."""
    end, before = time.monotonic() + request["seconds"] - 2, None
    while True:
        found = once(request["address"], request["port"])
        wanted = found["open"] == (request.get("until", "open") == "open")
        if wanted and (found["open"] or before == "wanted"):
            return found
        if time.monotonic() > end:
            return found
        before = "wanted" if wanted else None
        time.sleep(0.2)


def once(address, port):
    try:
        with socket.create_connection((address, port), 1) as s:
            s.settimeout(1)
            return {"open": True, "said": s.recv(200).decode("utf-8", "replace").strip()}
    except socket.timeout:
        return {"open": False, "said": "silent"}
    except OSError as error:
        return {"open": False, "said": error.strerror or str(error)}


def serve(request, tell):
    """Says `text` to whoever connects to `port`, until it is ended."""
    six = request.get("six")
    with socket.socket(socket.AF_INET6 if six else socket.AF_INET) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("::" if six else "", request["port"]))
        s.listen(64)
        tell({"ready": True})
        while True:
            c, _ = s.accept()
            with c:
                try:
                    c.sendall(request["text"].encode() + b"\n")
                except OSError:
                    pass


def sender(request, tell):
    """Whose echoes with `size` bytes to `address` come in here, as they come off the wire: a firewall of the node's own does not matter."""
    six = ":" in request["address"]
    to, kind = socket.inet_pton(socket.AF_INET6 if six else socket.AF_INET, request["address"]), 0x86DD if six else 0x0800
    end = time.monotonic() + request["seconds"] - 1
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(kind)) as s:
        tell({"ready": True})
        while select.select([s], [], [], max(end - time.monotonic(), 0))[0]:
            packet = s.recv(1 << 16)
            if six:
                mine = packet[6] == 58 and packet[24:40] == to and packet[40] == 128
                source, length = packet[8:24], 40 + int.from_bytes(packet[4:6], "big")
            else:
                mine = packet[9] == 1 and packet[16:20] == to and packet[(packet[0] & 15) * 4] == 8
                source, length = packet[12:16], int.from_bytes(packet[2:4], "big")
            if mine and length == request["size"]:
                return socket.inet_ntop(socket.AF_INET6 if six else socket.AF_INET, source)
    return None


def dns(request, _tell):
    """Asked again until it answers with what is expected, as long as there is time: a name server may just be starting."""
    end = time.monotonic() + request["seconds"] - 3
    while True:
        found = probes.dns(request["server"], request["name"], request["tcp"], 2, request.get("six", False))
        if "addresses" in found or time.monotonic() > end:
            return found
        time.sleep(0.2)


# --- routing


def bird(request, _tell):
    """null where none runs, else its BGP sessions: [{"peer", "state"}]."""
    path = probes.bird_socket(6 if request.get("six") else 4)
    return None if path is None else sessions(probes.bird_protocols(path))


def sessions(lines):
    found = []
    for line in lines:
        protocol = re.match(r"\S+\s+([A-Z]\w+)\s+\S+\s+(\S.*)$", line)
        if protocol:  # name, proto, table, state, since, info
            if protocol.group(1) == "BGP":
                at = re.search(r"\b(Established|OpenConfirm|OpenSent|Active|Connect|Idle|Passive|Close|Down)\b", protocol.group(2))
                found.append({"peer": "", "state": re.sub(r"\s+", " ", protocol.group(2)[at.start():] if at else protocol.group(2))})
            else:
                found.append(None)
        named = re.match(r"\s+(Neighbor address|Last error):\s+(.*)$", line)
        if named and found and found[-1]:
            if named.group(1) == "Neighbor address":
                found[-1]["peer"] = named.group(2).partition("%")[0]
            elif not found[-1]["state"].startswith("Established"):
                found[-1]["state"] += " (%s)" % named.group(2)
    return [each for each in found if each and each["peer"]]


def routes(request, _tell):
    """For each of `to` (CIDRs): the most exact route that covers it: {"to", "type", "device", "via"}, or null."""
    import ipaddress
    known = []
    for route in json.loads(said("ip", "-6" if request.get("six") else "-4", "-j", "route", "show", "table", "main")):
        to = ("::/0" if request.get("six") else "0.0.0.0/0") if route["dst"] == "default" else route["dst"]
        known.append((ipaddress.ip_network(to), route))
    found = []
    for cidr in request["to"]:
        wanted = ipaddress.ip_network(cidr)
        covering = [each for each in known if wanted.prefixlen >= each[0].prefixlen and wanted.network_address in each[0]]
        network, route = max(covering, key=lambda each: (each[0].prefixlen, -each[1].get("metric", 0)), default=(None, None))
        found.append(network and {"to": str(network), "type": route.get("type", "unicast"), "device": route.get("dev"),
                                  "via": route.get("gateway") or (route.get("nexthops") or [{}])[0].get("gateway")})
    return found


OPS = {
    "hello": hello, "pods": pods, "bird": bird, "routes": routes, "sender": sender,
    "path": moved(path), "echo": moved(echo), "port": moved(port), "connect": moved(connect), "serve": moved(serve), "dns": moved(dns),
}
