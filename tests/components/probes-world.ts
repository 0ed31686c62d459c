/** A node with two pods in network namespaces of their own, as Calico wires them: no lab, a tenth of a second. */
import { spawnSync } from 'node:child_process';

/** Names of its namespaces begin with this: two tests at once are in each other's sight, not in each other's way. */
const PREFIX = `calispray-test-${process.pid}`;

/** The first three numbers of the addresses of its pods: whoever looks for a pod by its address finds none of another test. */
export const SUBNET = `10.${100 + ((process.pid >> 8) % 100)}.${process.pid % 256}`;

export const SUBNET6 = `fd99:${process.pid.toString(16).slice(-4).replace(/^0+/, '') || 'f'}`;

export interface PodWorld {
  /** Name of the node's network namespace. */
  readonly node: string;
  /** Path of a pod's network namespace. */
  readonly pod: (name: string) => string;
  /** Standard output of a command on the node. */
  readonly onNode: (...argv: string[]) => string;
  readonly inPod: (name: string, ...argv: string[]) => string;
  /** What a Python script on the node prints, as JSON. */
  readonly python: <T>(text: string, interpreter?: string) => T;
  /** Numbers of all processes on the node and in its pods. */
  readonly processes: () => string[];
  readonly remove: () => void;
}

/** `host`: the MTU of the node's side of a pod's cable, 1500 bytes by default; the pod's own side has 1500. */
export function makePodWorld(
  pods: Readonly<Record<string, { address: string; address6: string; host?: number }>>,
): PodWorld {
  const node = `${PREFIX}-node`;
  const name = (pod: string) => `${PREFIX}-${pod}`;
  const inside = (space: string, argv: readonly string[], input?: string) =>
    must(['ip', 'netns', 'exec', space, ...argv], input);
  must(['ip', 'netns', 'add', node]);
  for (const key of ['ipv4.ip_forward', 'ipv4.conf.all.forwarding', 'ipv6.conf.all.forwarding', 'ipv4.icmp_ratelimit'])
    inside(node, ['sysctl', '-qw', `net.${key}=${key.endsWith('limit') ? 0 : 1}`]);
  must(['ip', '-n', node, 'link', 'set', 'lo', 'up']);
  for (const [pod, { address, address6, host = 1500 }] of Object.entries(pods)) {
    must(['ip', 'netns', 'add', name(pod)]);
    const device = `cali${pod}`;
    batch(node, [
      `link add ${device} mtu ${host} address ee:ee:ee:ee:ee:ee type veth peer name eth0 mtu 1500 netns ${name(pod)}`,
      `addr add 169.254.1.1/32 dev ${device}`,
      `addr add fe80::1/64 dev ${device} nodad`,
      `link set ${device} up`,
      `route add ${address}/32 dev ${device} scope link`,
      `route add ${address6}/128 dev ${device}`,
    ]);
    batch(name(pod), [
      'link set lo up',
      'link set eth0 up',
      `addr add ${address}/32 dev eth0`,
      `addr add ${address6}/128 dev eth0 nodad`,
      'route add 169.254.1.1 dev eth0 scope link',
      'route add default via 169.254.1.1 dev eth0',
      'route add default via fe80::1 dev eth0',
    ]);
  }
  return {
    node,
    pod: (pod) => `/run/netns/${name(pod)}`,
    onNode: (...argv) => inside(node, argv),
    inPod: (pod, ...argv) => inside(name(pod), argv),
    python: (text, interpreter = 'python3') => JSON.parse(inside(node, [interpreter, '-'], text)),
    processes: () =>
      [...Object.keys(pods).map(name), node].flatMap((space) =>
        must(['ip', 'netns', 'pids', space]).trim().split('\n').filter(Boolean),
      ),
    remove: () => {
      for (const space of [...Object.keys(pods).map(name), node]) spawnSync('ip', ['netns', 'del', space]);
    },
  };
}

function batch(space: string, lines: readonly string[]): void {
  must(['ip', '-n', space, '-batch', '-'], `${lines.join('\n')}\n`);
}

function must([command = '', ...words]: readonly string[], input?: string): string {
  const done = spawnSync(command, words, { encoding: 'utf8', ...(input === undefined ? {} : { input }) });
  if (done.status === 0) return done.stdout;
  throw new Error(`${command} ${words.join(' ')}: ${done.error ?? done.stderr}\n${done.stdout}`);
}
