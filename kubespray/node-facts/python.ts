/** The part of the probe that needs Python: sockets and their owners, interfaces, other nodes. Prints the whole answer. */
export const pythonProbe = `
import errno, json, os, socket, struct, sys, time

question = json.loads(sys.argv[1])
WANTED = set(question["ports"])


def carrier(line):
    # 2: eth0    inet 192.168.4.63/24 …, or nothing
    words = line.split()
    if len(words) < 2:
        return None, None
    name = words[1].split("@")[0]
    with open("/sys/class/net/%s/mtu" % name) as mtu:
        return name, int(mtu.read())


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
    if not inodes:
        return names
    for process in filter(str.isdigit, os.listdir("/proc")):
        for link in links("/proc/%s/fd" % process):
            if link.startswith("socket:[") and link[8:-1] in inodes:
                try:
                    with open("/proc/%s/comm" % process) as comm:
                        names[link[8:-1]] = comm.read().strip()
                except OSError:
                    pass
    return names


def links(folder):
    # A process, or a file of its, may be gone by now, or not for us to see.
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        try:
            yield os.readlink(folder + "/" + name)
        except OSError:
            pass


def run(*command):
    # Imported where it is needed: it takes as long as all the rest.
    import subprocess

    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=10)
        return done.returncode, done.stdout.decode()
    except (OSError, subprocess.SubprocessError):
        return 1, ""


def tunnels():
    names = {}
    for line in run("ip", "-o", "-d", "link", "show", "type", "vxlan")[1].splitlines():
        words = line.split()
        if "dstport" in words:
            port = int(words[words.index("dstport") + 1])
            names.setdefault(port, []).append(words[1].rstrip(":").split("@")[0])
    return {port: ",".join(found) for port, found in names.items()}


def checksum(words):
    total = sum(words)
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def echoes(address):
    # One packet there and back, where a connection would have the other node's sshd start a process. None: not for us to ask.
    six = ":" in address
    family, protocol = (socket.AF_INET6, socket.IPPROTO_ICMPV6) if six else (socket.AF_INET, socket.IPPROTO_ICMP)
    request, reply = (128, 129) if six else (8, 0)
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            asking = socket.socket(family, kind, protocol)
            break
        except OSError:
            pass
    else:
        return None
    mark = os.getpid() & 0xFFFF
    with asking:
        asking.settimeout(1)
        try:
            asking.connect((address, 0))
            asking.send(struct.pack("!BBHHH", request, 0, checksum((request << 8, mark, 1)), mark, 1))
            deadline = time.monotonic() + 1
            while time.monotonic() < deadline:
                packet = asking.recv(256)
                if kind == socket.SOCK_RAW and not six:
                    packet = packet[(packet[0] & 15) * 4 :]
                if packet[0] == reply and (kind == socket.SOCK_DGRAM or packet[4:6] == struct.pack("!H", mark)):
                    return True
        except (OSError, IndexError):
            pass
    return False


def connects(peer):
    try:
        socket.create_connection((peer["address"], peer["port"]), 3).close()
        return True, True
    except OSError as error:
        # Whoever refuses is there.
        return False, error.errno == errno.ECONNREFUSED


def look(peer, answers):
    address = peer["address"]
    answer = None if peer["ssh"] else echoes(address)
    ssh, reached = None, answer
    if not reached:
        ssh, reached = connects(peer)
        if not reached and answer is None:
            family = "-6" if ":" in address else "-4"
            reached = run("ping", family, "-n", "-c1", "-W2", address)[0] == 0
    answers[address] = {"address": address, "ssh": ssh, "reached": reached}


def peers():
    import threading

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
facts["interface"], facts["interfaceMtu"] = carrier(sys.argv[3])
facts["interface6"] = carrier(sys.argv[4])[0]
found = sorted(set(listeners()))
names = owners({inode for _, _, inode in found})
# A socket of the kernel's has no process: for VXLAN its interface stands for it.
vxlan = tunnels() if any(protocol == "udp" for protocol, _, _ in found) else {}
facts["ports"] = []
for protocol, port, inode in found:
    entry = {"port": port, "protocol": protocol, "process": names.get(inode) or (vxlan.get(port) if protocol == "udp" else None)}
    if entry not in facts["ports"]:
        facts["ports"].append(entry)
facts["peers"] = peers() if question["peers"] else []
facts["time"] = int(time.time() * 1000)
print(json.dumps(facts, separators=(",", ":")))
`.trimStart();
