import type { Cluster, Node } from '../../cluster/index.ts';
import { type PeerAddress, peersToSee } from './peers.ts';
import { portsOf } from './ports.ts';
import { pythonProbe } from './python.ts';

/** What the probe is asked, beside what it always says. */
interface Question {
  readonly address: string;
  readonly address6: string | null;
  /** `tcp/179` */
  readonly ports: readonly string[];
  readonly peers: readonly PeerAddress[];
}

/**
 * POSIX sh for the standard input of `sh -s`: prints one line of JSON, a NodeFacts. It changes nothing and works as root
 * or as a user; without Python it says so and leaves what it cannot find out null. With `peers` the node looks for the
 * other nodes as well, which takes three seconds where one of them is silent.
 */
export function nodeProbe(node: Node, cluster: Cluster, { peers }: { peers: boolean }): string {
  const question: Question = {
    address: node.address,
    address6: cluster.network.ipv6 === undefined ? null : (node.address6 ?? null),
    ports: portsOf(node, cluster).map(({ protocol, port }) => `${protocol}/${port}`),
    peers: peers ? peersToSee(node, cluster) : [],
  };
  return [
    // Addresses, numbers and words of our own: nothing in it ends a single quote.
    `question='${JSON.stringify(question)}'`,
    `become=${node.ssh.become}`,
    `wireguard=${cluster.network.wireguard}`,
    script,
  ].join('\n');
}

const script = String.raw`
PATH="$PATH:/usr/sbin:/sbin"
[ "$(id -u)" = 0 ] && root=true || root=false
if [ "$become" = true ] && sudo -n true </dev/null >/dev/null 2>&1; then sudo=true; else sudo=false; fi
[ -d /run/systemd/system ] && systemd=true || systemd=false
word() { tr -cd 'A-Za-z0-9._+~-'; }
os=unknown osVersion=unknown
if [ -r /etc/os-release ]; then
  os=$(. /etc/os-release; printf %s "$ID" | word)
  osVersion=$(. /etc/os-release; printf %s "$VERSION_ID" | word)
fi
memoryMiB=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo 2>/dev/null)
architecture=$(uname -m | word)
kernel=$(uname -r | word)
cgroup=$(stat -fc %T /sys/fs/cgroup/ 2>/dev/null | word)
nameservers=$(awk '/^nameserver/ { sub(/^nameserver[ \t]*/, ""); sub(/[ \t%].*/, ""); gsub(/[^0-9A-Fa-f:.]/, ""); if ($0 != "") printf "%s\"%s\"", (n++ ? "," : ""), $0 }' /etc/resolv.conf 2>/dev/null)
[ "$(cat /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null)" = 0 ] && ipv6=true || ipv6=false

# /sys/module has what is loaded and what is built in with parameters; the kernel's lists have the rest.
lists=/lib/modules/$(uname -r)
module() {
  if [ -d "/sys/module/$1" ]; then state=loaded
  elif [ ! -r "$lists/modules.dep" ]; then state=unknown
  elif cat "$lists/modules.dep" "$lists/modules.builtin" 2>/dev/null | grep -q "/$1\.ko"; then state=available
  else state=absent; fi
  printf '"%s":"%s"' "$1" "$state"
}
modules="$(module ipip),$(module vxlan),$(module wireguard),$(module ip_vs),$(module nf_tables),$(module dummy)"

wireguardTools=unknown
if [ "$wireguard" = true ]; then
  if command -v wg >/dev/null 2>&1; then wireguardTools=installed
  elif command -v apt-cache >/dev/null 2>&1 && ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1; then
    apt-cache show wireguard >/dev/null 2>&1 && wireguardTools=available || wireguardTools=missing
  fi
fi
firewall=null
if [ -d /run/systemd/system ]; then
  systemctl is-active --quiet firewalld 2>/dev/null && firewall='"firewalld"'
  grep -qx 'ENABLED=yes' /etc/ufw/ufw.conf 2>/dev/null && firewall='"ufw"'
fi

quoted() { [ -n "$1" ] && printf '"%s"' "$1" || printf null; }
common="\"os\":\"$os\",\"osVersion\":\"$osVersion\",\"systemd\":$systemd,\"root\":$root,\"sudo\":$sudo,\"memoryMiB\":${'$'}{memoryMiB:-null}"
common="$common,\"architecture\":$(quoted "$architecture"),\"kernel\":$(quoted "$kernel"),\"cgroup\":$(quoted "$cgroup"),\"nameservers\":[$nameservers],\"ipv6\":$ipv6"
common="$common,\"modules\":{$modules},\"wireguardTools\":\"$wireguardTools\",\"firewall\":$firewall"
if ! command -v python3 >/dev/null 2>&1; then
  printf '{%s,"python":null,"interface":null,"interfaceMtu":null,"interface6":null,"time":null,"ports":[],"peers":[]}\n' "$common"
  exit 0
fi
# Another user's processes are seen by root alone.
if [ "$root" = false ] && [ "$sudo" = true ]; then python="sudo -n python3"; else python=python3; fi
$python -I - "$question" "{$common}" <<'PROBE'
${pythonProbe}PROBE
`.trimStart();
