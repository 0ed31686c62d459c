"""Commands and files of a node, for the data plane and the agent. What fails raises RuntimeError with what was said."""
import ipaddress
import json
import os
import subprocess

from plan import Plan

CONF = "/etc/calispray-lab/dataplane.json"
RUN = "/run/calispray-lab"


def run(*argv, check=True, text=None):
    r = subprocess.run(argv, input=text, capture_output=True, text=True)
    if check and r.returncode != 0:
        raise RuntimeError("%s: %s" % (" ".join(argv), r.stderr.strip()))
    return r


def ip(line, check=True):
    return run("ip", *line.split(), check=check)


def ip_json(line):
    r = run("ip", "-j", *line.split(), check=False)
    return json.loads(r.stdout or "[]") if r.returncode == 0 else []


def sysctl(key, value):
    with open("/proc/sys/" + key, "w") as f:
        f.write(str(value))


def read(path):
    """A JSON file; empty where there is none."""
    try:
        with open(path) as f:
            return json.load(f)
    except FileNotFoundError:
        return {}


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
    raise RuntimeError("no interface carries the node's address %s" % address)


def load_plan():
    """What the playbooks' configuration, and what the API says since, mean on this node."""
    conf = {**read(CONF), **read(RUN + "/live.json")}
    return Plan(conf, *uplink(next(n["address"] for n in conf["nodes"] if n["name"] == conf["name"])))
