#!/usr/bin/python3
"""What calicoctl says of addresses and of BGP, in its own tables.

    calicoctl.py ipam show [--show-blocks | --show-borrowed | --show-configuration | --ip=ADDRESS]
    calicoctl.py ipam check [--show-problem-ips] [-o FILE]
    calicoctl.py ipam release --from-report=FILE [--force]
    calicoctl.py node status

Calico v3.31.5 calicoctl/calicoctl/commands/ipam/show.go, calicoctl/calicoctl/commands/node/status.go.
"""
import ipaddress
import json
import re
import subprocess
import sys

sys.path.insert(0, "/usr/local/lib/calispray-lab")
import ipam  # noqa: E402
import ipam_check  # noqa: E402
from api import Api, Refused  # noqa: E402
from books import Books  # noqa: E402
from calico_node import POOLS, pools_of  # noqa: E402
from host import CONF, read  # noqa: E402

NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]\d+)?")
PEER = {"Mesh": "node-to-node mesh", "Global": "global", "Node": "node specific"}
USAGE = """usage: calicoctl.sh ipam show [--show-blocks | --show-borrowed | --show-configuration | --ip=ADDRESS]
       calicoctl.sh ipam check [--show-problem-ips] [-o FILE]
       calicoctl.sh ipam release --from-report=FILE [--force]
       calicoctl.sh node status"""


def table(head, rows):
    """Headings in the middle, numbers to the right, all else to the left."""
    wide = [max(len(row[i]) for row in [head] + rows) for i in range(len(head))]
    line = "+%s+" % "+".join("-" * (w + 2) for w in wide)
    cells = lambda row: "| %s |" % " | ".join(c.rjust(w) if NUMBER.fullmatch(c) else c.ljust(w) for c, w in zip(row, wide))
    heading = "| %s |" % " | ".join((" " * ((w - len(h)) // 2) + h).ljust(w) for h, w in zip(head, wide))
    return "\n".join([line, heading, line] + [cells(row) for row in rows] + [line])


def use(kind, cidr, total, free):
    taken = total - free
    return [kind, cidr, "%.5g" % total] + ["%.5g (%.0f%%)" % (n, 100 * n / total) for n in (taken, free)]


def utilization(pools, specs, with_blocks):
    """Rows for each pool and, where asked, its blocks; those of no pool come last, without one."""
    rows, left = [], list(specs)
    for pool in pools:
        of = [s for s in specs if ipam.within(s["cidr"], [pool])]
        left = [s for s in left if s not in of]
        size = ipaddress.ip_network(pool["cidr"]).num_addresses
        blocks = [(s["cidr"], len(s["allocations"]), len(s["unallocated"])) for s in of]
        rows.append(use("IP Pool", pool["cidr"], size, size - sum(total - free for _, total, free in blocks)))
        rows += [use("Block", *block) for block in blocks] if with_blocks else []
    rows += [use("Block", s["cidr"], len(s["allocations"]), len(s["unallocated"])) for s in left] if with_blocks else []
    return rows


def borrowed(specs):
    rows = []
    for spec in specs:
        home = ipam.owner(spec) or ""
        for where, _, attributes in ipam.held(spec):
            if attributes.get("node") not in (None, home):
                pod = attributes.get("pod")
                what = ["pod", "%s/%s" % (attributes.get("namespace"), pod)] if pod else [attributes.get("type", ""), ""]
                rows.append([where, attributes["node"], spec["cidr"], home] + what)
    return rows


def ipam_show(words):
    conf = read(CONF)
    api = Api(lambda: conf["server"])
    books = Books(api)
    specs = [block["spec"] for block in books.blocks()]
    option = words[0] if words else ""
    if option == "--show-borrowed":
        return table(["IP", "BORROWING-NODE", "BLOCK", "BLOCK OWNER", "TYPE", "ALLOCATED-TO"], borrowed(specs))
    if option == "--show-configuration":
        config = books.config()
        said = lambda name, default: str(config.get(name, default)).lower()
        return table(["PROPERTY", "VALUE"], [["StrictAffinity", said("strictAffinity", False)], ["AutoAllocateBlocks", said("autoAllocateBlocks", True)], ["MaxBlocksPerHost", said("maxBlocksPerHost", 0)]])
    if option.startswith("--ip="):
        ip = option[5:]
        found = next((attributes for spec in specs for where, _, attributes in ipam.held(spec) if where == ip), None)
        if found is None:
            return "%s is not assigned" % ip
        return "\n".join(["IP %s is in use" % ip, "Attributes:"] + ["  %s: %s" % each for each in found.items()])
    if option not in ("", "--show-blocks"):
        sys.exit(USAGE)
    there = api.get(POOLS)
    rows = utilization(pools_of(conf, there["items"] if there else []), specs, option == "--show-blocks")
    return table(["GROUPING", "CIDR", "IPS TOTAL", "IPS IN USE", "IPS FREE"], rows)


def ipam_check_said(words):
    file = words[words.index("-o") + 1] if "-o" in words[:-1] else None
    if [w for w in words if w not in ("--show-problem-ips", "-o", file)]:
        sys.exit(USAGE)
    conf = read(CONF)
    return "\n".join(ipam_check.check(Api(lambda: conf["server"]), "--show-problem-ips" in words, file))


def ipam_release(words):
    reports = [w[len("--from-report="):] for w in words if w.startswith("--from-report=")]
    if len(reports) != 1 or [w for w in words if not w.startswith("--from-report=") and w != "--force"]:
        sys.exit(USAGE)
    conf = read(CONF)
    api = Api(lambda: conf["server"])
    with open(reports[0]) as f:
        return "\n".join(ipam_check.release(api, Books(api), json.load(f), "--force" in words))


def peers(shown):
    """Rows of `show protocols` that are BGP sessions by Calico's names of them."""
    rows = []
    for line in shown.splitlines():
        words = line.split()
        name = re.fullmatch(r"(Mesh|Global|Node)_(\d+_\d+_\d+_\d+)", words[0]) if len(words) > 5 and words[1] == "BGP" else None
        if name:
            rows.append([name.group(2).replace("_", "."), PEER[name.group(1)], words[3], words[4].split(".")[0], " ".join(words[5:])])
    return rows


def node_status():
    if subprocess.run(["systemctl", "is-active", "-q", "calispray-lab-node.service"]).returncode != 0:
        sys.exit("Calico process is not running.")
    bird = subprocess.run(["birdc", "-s", "/run/calico/bird.ctl", "show", "protocols"], capture_output=True, text=True)
    if bird.returncode != 0:
        return "Calico process is running.\n\nThe BGP backend process (BIRD) is not running.\n"
    rows = peers(bird.stdout)
    four = table(["PEER ADDRESS", "PEER TYPE", "STATE", "SINCE", "INFO"], rows) if rows else "No IPv4 peers found."
    return "Calico process is running.\n\nIPv4 BGP status\n%s\n\nIPv6 BGP status\nNo IPv6 peers found.\n" % four


def main(words):
    if words[:2] == ["ipam", "show"] and len(words) <= 3:
        print(ipam_show(words[2:]))
    elif words[:2] == ["ipam", "check"]:
        print(ipam_check_said(words[2:]))
    elif words[:2] == ["ipam", "release"]:
        print(ipam_release(words[2:]))
    elif words == ["node", "status"]:
        print(node_status())
    else:
        sys.exit(USAGE)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ipam_check.Refusal as e:
        sys.exit(str(e))
    except FileNotFoundError as e:
        sys.exit("%s: %s" % (e.filename, e.strerror))
    except (OSError, Refused) as e:
        sys.exit("the API server does not answer as it should: %s" % e)
