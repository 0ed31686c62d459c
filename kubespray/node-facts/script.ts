import type { Cluster, Node } from '../../cluster/index.ts';
import { type PeerAddress, peersToSee } from './peers.ts';
import { portsOf } from './ports.ts';
import { pythonProbe } from './python.ts';

/** What the probe is asked, beside what it always says. */
interface Question {
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
    ports: portsOf(node, cluster).map(({ protocol, port }) => `${protocol}/${port}`),
    peers: peers ? peersToSee(node, cluster) : [],
  };
  const address6 = cluster.network.ipv6 === undefined ? '' : (node.address6 ?? '');
  return [
    // Addresses, numbers and words of our own: nothing in it ends a single quote.
    `question='${JSON.stringify(question)}'`,
    `address=${node.address}`,
    `address6=${address6}`,
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
  both=$(. /etc/os-release; printf '%s=%s' "$ID" "$VERSION_ID" | tr -cd 'A-Za-z0-9._+~=-')
  os=${'$'}{both%%=*} osVersion=${'$'}{both#*=}
fi
memoryMiB=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo 2>/dev/null)
both=$(uname -mr | tr -cd 'A-Za-z0-9._+~ -')
kernel=${'$'}{both%% *} architecture=${'$'}{both#* }
cgroup=$(stat -fc %T /sys/fs/cgroup/ 2>/dev/null | word)
nameservers=$(awk '/^nameserver/ { sub(/^nameserver[ \t]*/, ""); sub(/[ \t%].*/, ""); gsub(/[^0-9A-Fa-f:.]/, ""); if ($0 != "") printf "%s\"%s\"", (n++ ? "," : ""), $0 }' /etc/resolv.conf 2>/dev/null)
[ "$(cat /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null)" = 0 ] && ipv6=true || ipv6=false

# /sys/module has what is loaded and what is built in with parameters; the kernel's lists have the rest.
lists=/lib/modules/$kernel
[ -r "$lists/modules.dep" ] && listed=true || listed=false
found=$(grep -hoE '/(ipip|vxlan|wireguard|ip_vs|nf_tables|dummy)\.ko' "$lists/modules.dep" "$lists/modules.builtin" 2>/dev/null)
modules=
for name in ipip vxlan wireguard ip_vs nf_tables dummy; do
  if [ -d "/sys/module/$name" ]; then state=loaded
  elif [ "$listed" = false ]; then state=unknown
  else case "$found" in *"/$name.ko"*) state=available ;; *) state=absent ;; esac; fi
  modules="$modules${'$'}{modules:+,}\"$name\":\"$state\""
done

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
carrier() { [ -z "$1" ] || ip -o addr show to "$1" 2>/dev/null; }
$python -I -S - "$question" "{$common}" "$(carrier "$address")" "$(carrier "$address6")" <<'PROBE'
${pythonProbe}PROBE
`.trimStart();
