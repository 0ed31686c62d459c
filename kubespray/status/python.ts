import { birdPython } from './bird-python.ts';

/**
 * The part of the probe that needs Python 3.6 or newer, standard library alone. Argument: the node's address. Prints one line
 * of JSON, a NodeSeen. Nothing changes.
 */
export const statusPython = `
import json, subprocess, sys
${birdPython}

address = sys.argv[1]
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

found["bird"] = bird_seen("Neighbor address", "Last error")
print(json.dumps(found))
`.trimStart();
