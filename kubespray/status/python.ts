/**
 * The part of the probe that needs Python 3.6 or newer, standard library alone. Argument: the node's address. Prints one line
 * of JSON, a NodeSeen. BIRD is asked as `calicoctl node status` asks it, by its socket (Calico v3.31.5
 * calicoctl/calicoctl/commands/node/status.go: /var/run/calico, then /var/run/bird): no birdc is needed, and nothing changes.
 */
export const statusPython = String.raw`
import json, os, re, socket, subprocess, sys

address = sys.argv[1]
MOST = 4 * 1024 * 1024
TUNNELS = ("tunl0", "vxlan.calico", "vxlan-v6.calico", "wireguard.cali", "wg-v6.cali")
found = {"interface": None, "tunnels": {}, "pods": {}, "bird": []}

def links():
    done = subprocess.run(["ip", "-j", "addr", "show"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=10)
    return json.loads(done.stdout.decode("utf-8", "replace") or "[]")

for link in links():
    name, mtu = link.get("ifname", ""), link.get("mtu")
    if any(each.get("local") == address for each in link.get("addr_info") or []):
        found["interface"] = {"name": name, "mtu": mtu}
    elif name in TUNNELS:
        # tunl0 comes with the kernel's module; without an address nobody uses it.
        if any(each.get("scope") != "link" for each in link.get("addr_info") or []):
            found["tunnels"][name] = mtu
    elif name.startswith("cali"):
        found["pods"][str(mtu)] = found["pods"].get(str(mtu), 0) + 1

def asked(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.settimeout(5)
        s.connect(path)
        s.sendall(b"show protocols all\n")
        said = b""
        # BIRD greets with 0001; the last line of an answer has a code that begins with 0, 8 or 9.
        while len(said) < MOST and not re.search(rb"^(?!0001)[089]\d{3} .*\n", said, re.M):
            part = s.recv(65536)
            if not part:
                break
            said += part
    wanted = re.compile(r"^\S+\s+BGP\s|^\s+(Neighbor address|Last error):")
    lines = [re.sub(r"^(\d{4}[- ]| )", "", line) for line in said.decode("utf-8", "replace").splitlines()]
    return [line.rstrip()[:200] for line in lines if wanted.match(line)]

for family, name in ((4, "bird.ctl"), (6, "bird6.ctl")):
    for folder in ("/var/run/calico", "/var/run/bird"):
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            continue
        try:
            found["bird"].append({"family": family, "problem": None, "lines": asked(path)})
        except OSError as error:
            found["bird"].append({"family": family, "problem": "%s: %s" % (path, error.strerror or error), "lines": []})
        break
print(json.dumps(found))
`.trimStart();
