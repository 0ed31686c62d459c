/** The part of the probe that needs Python: sockets and their owners, interfaces, other nodes. Prints the whole answer. */
export const pythonProbe = `
import errno, glob, json, os, socket, subprocess, sys, threading, time

question = json.loads(sys.argv[1])
WANTED = set(question["ports"])


def output(*command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=10).stdout.decode()
    except (OSError, subprocess.SubprocessError):
        return ""


def carrier(family, address):
    for line in output("ip", "-o", family, "addr", "show").splitlines():
        words = line.split()
        if len(words) > 3 and same(words[3].split("/")[0], address):
            name = words[1].split("@")[0]
            with open("/sys/class/net/%s/mtu" % name) as mtu:
                return name, int(mtu.read())
    return None, None


def same(one, other):
    family = socket.AF_INET6 if ":" in other else socket.AF_INET
    try:
        return socket.inet_pton(family, one) == socket.inet_pton(family, other)
    except OSError:
        return False


def listeners():
    for protocol, listening in (("tcp", "0A"), ("udp", "07")):
        for table in ("/proc/net/" + protocol, "/proc/net/" + protocol + "6"):
            try:
                rows = open(table).read().splitlines()[1:]
            except OSError:
                continue
            for row in rows:
                words = row.split()
                port = int(words[1].rsplit(":", 1)[1], 16)
                if words[3] == listening and "%s/%d" % (protocol, port) in WANTED:
                    yield protocol, port, words[9]


def owners(inodes):
    names = {}
    for link in glob.glob("/proc/[0-9]*/fd/*"):
        try:
            target = os.readlink(link)
        except OSError:
            continue
        if target.startswith("socket:[") and target[8:-1] in inodes:
            try:
                with open("/proc/%s/comm" % link.split("/")[2]) as comm:
                    names[target[8:-1]] = comm.read().strip()
            except OSError:
                pass
    return names


def tunnels():
    names = {}
    for line in output("ip", "-o", "-d", "link", "show", "type", "vxlan").splitlines():
        words = line.split()
        if "dstport" in words:
            port = int(words[words.index("dstport") + 1])
            names.setdefault(port, []).append(words[1].rstrip(":").split("@")[0])
    return {port: ",".join(found) for port, found in names.items()}


def look(peer, answers):
    address = peer["address"]
    ssh = reached = False
    try:
        socket.create_connection((address, peer["port"]), 3).close()
        ssh = reached = True
    except OSError as error:
        # Whoever refuses is there.
        reached = error.errno == errno.ECONNREFUSED
    if not reached:
        family = "-6" if ":" in address else "-4"
        try:
            ping = subprocess.run(["ping", family, "-n", "-c1", "-W2", address], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=5)
            reached = ping.returncode == 0
        except (OSError, subprocess.SubprocessError):
            pass
    answers[address] = {"address": address, "ssh": ssh, "reached": reached}


def peers():
    answers = {}
    left = list(reversed(question["peers"]))
    # Whom there was no time to look for, nothing is said of.
    deadline = time.monotonic() + 12

    def worker():
        while left and time.monotonic() < deadline:
            try:
                peer = left.pop()
            except IndexError:
                return
            look(peer, answers)

    workers = [threading.Thread(target=worker) for _ in range(min(32, len(left)))]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    return [answers[peer["address"]] for peer in question["peers"] if peer["address"] in answers]


facts = json.loads(sys.argv[2])
facts["python"] = "%d.%d.%d" % sys.version_info[:3]
facts["interface"], facts["interfaceMtu"] = carrier("-4", question["address"])
facts["interface6"] = carrier("-6", question["address6"])[0] if question["address6"] else None
found = sorted(set(listeners()))
names = owners({inode for _, _, inode in found})
# A socket of the kernel's has no process: for VXLAN its interface stands for it.
vxlan = tunnels()
facts["ports"] = []
for protocol, port, inode in found:
    entry = {"port": port, "protocol": protocol, "process": names.get(inode) or (vxlan.get(port) if protocol == "udp" else None)}
    if entry not in facts["ports"]:
        facts["ports"].append(entry)
facts["peers"] = peers()
facts["time"] = int(time.time() * 1000)
print(json.dumps(facts, separators=(",", ":")))
`.trimStart();
