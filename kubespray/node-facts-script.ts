/**
 * POSIX sh for `sh -s -- <node address>`, the script on stdin: prints one line of JSON, a NodeFacts. It changes nothing
 * and works as root or as a user; without Python it says so and leaves what it cannot find out null.
 */
export const nodeFactsScript = String.raw`
address="$1"
[ "$(id -u)" = 0 ] && root=true || root=false
if [ "$root" = true ]; then sudo=true
elif sudo -n true </dev/null >/dev/null 2>&1; then sudo=true
else sudo=false; fi
[ -d /run/systemd/system ] && systemd=true || systemd=false
os=unknown osVersion=unknown
if [ -r /etc/os-release ]; then
  os=$(. /etc/os-release; printf %s "$ID" | tr -cd 'A-Za-z0-9._-')
  osVersion=$(. /etc/os-release; printf %s "$VERSION_ID" | tr -cd 'A-Za-z0-9._-')
fi
memoryMiB=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo 2>/dev/null)
PATH="$PATH:/usr/sbin:/sbin"
common="\"os\":\"$os\",\"osVersion\":\"$osVersion\",\"systemd\":$systemd,\"root\":$root,\"sudo\":$sudo,\"memoryMiB\":${'$'}{memoryMiB:-null}"
if ! command -v python3 >/dev/null 2>&1; then
  printf '{%s,"python":null,"interface":null,"interfaceMtu":null,"time":null,"ports":[]}\n' "$common"
  exit 0
fi
# Another user's processes are seen by root alone.
if [ "$root" = false ] && [ "$sudo" = true ]; then python="sudo -n python3"; else python=python3; fi
$python -I - "$address" "{$common}" <<'PROBE'
import glob, json, os, subprocess, sys, time

WANTED = {("tcp", 179), ("tcp", 2379), ("tcp", 2380), ("tcp", 6443), ("tcp", 10250), ("udp", 4789)}


def output(*command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=10).stdout.decode()
    except (OSError, subprocess.SubprocessError):
        return ""


def carrier(address):
    for line in output("ip", "-o", "-4", "addr", "show").splitlines():
        words = line.split()
        if len(words) > 3 and words[3].split("/")[0] == address:
            name = words[1].split("@")[0]
            with open("/sys/class/net/%s/mtu" % name) as mtu:
                return name, int(mtu.read())
    return None, None


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
                if words[3] == listening and (protocol, port) in WANTED:
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
    names = []
    for line in output("ip", "-o", "-d", "link", "show", "type", "vxlan").splitlines():
        if " dstport 4789 " in line + " ":
            names.append(line.split()[1].rstrip(":").split("@")[0])
    return names


facts = json.loads(sys.argv[2])
facts["python"] = "%d.%d.%d" % sys.version_info[:3]
facts["interface"], facts["interfaceMtu"] = carrier(sys.argv[1])
found = sorted(set(listeners()))
names = owners({inode for _, _, inode in found})
# A socket of the kernel's has no process: for VXLAN its interface stands for it.
vxlan = ",".join(tunnels()) or None
facts["ports"] = []
for protocol, port, inode in found:
    entry = {"port": port, "protocol": protocol, "process": names.get(inode) or (vxlan if protocol == "udp" else None)}
    if entry not in facts["ports"]:
        facts["ports"].append(entry)
facts["time"] = int(time.time() * 1000)
print(json.dumps(facts, separators=(",", ":")))
PROBE
`.trimStart();
