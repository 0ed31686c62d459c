import { z } from 'zod';
import { field, section } from './documentation.ts';
import { word } from './texts.ts';
import { cidr, cidr6 } from './values.ts';

const LIVE = 'FelixConfiguration is applied with calicoctl; Felix restarts itself to take it up.';
const RESTART = 'calico-node restarts node by node.';
const IPAM = 'Applied through the API; it counts for new pods.';
const NODE_RANGES = 'Nodes have their range from the day they joined.';

export const iptables = z.strictObject({
  backend: z
    .enum(['auto', 'legacy', 'nft'])
    .default('auto')
    .meta(
      field('Which iptables writes the rules; that of whatever else writes some on the hosts. auto finds out.', {
        example: 'nft',
        change: 'rolling restart',
        note: `${RESTART} Reboot a node whose rules of the other kind stay.`,
      }),
    ),
  lockTimeoutSeconds: z
    .int()
    .min(0)
    .max(3600)
    .default(10)
    .meta(
      field("How long Felix waits for iptables' lock.", {
        unit: 'seconds',
        example: 30,
        change: 'rolling restart',
        note: RESTART,
      }),
    ),
});

export const ebpf = z.strictObject({
  serviceMode: z
    .enum(['tunnel', 'dsr'])
    .default('tunnel')
    .meta(
      field(
        'How the answer to a client outside leaves: through the node it came in by, or from the pod’s node directly.',
        {
          example: 'dsr',
          change: 'free',
          note: `${LIVE} dsr needs a network that lets such packets pass; connections from outside may break once.`,
        },
      ),
    ),
  logLevel: z
    .enum(['off', 'info', 'debug'])
    .default('off')
    .meta(
      field('What the eBPF programs write to the trace pipe (`bpftool prog tracelog`); debug is slow.', {
        example: 'info',
        change: 'free',
        note: LIVE,
      }),
    ),
});

export const dataplane = z.union(
  [
    z.enum(['iptables', 'nftables', 'ebpf']),
    z.strictObject({ iptables: iptables.meta(section('Rules of iptables.')) }),
    z.strictObject({ ebpf: ebpf.meta(section('Programs of eBPF, which do the work of kube-proxy too.')) }),
  ],
  { error: 'Write iptables, nftables or ebpf, or { iptables: { … } } or { ebpf: { … } }: one of them.' },
);

export const dataplaneFacts = field(
  'What forwards packets and enforces policies on a node; the options of iptables and ebpf stand below their names.',
  {
    example: { ebpf: { serviceMode: 'dsr' } },
    change: 'migration',
    note: 'kubespray takes away neither kube-proxy nor what it wrote: follow kubespray docs/CNI/calico.md:346 for eBPF, and restart every node in turn.',
  },
);

export const calicoIpam = z.strictObject({
  strictAffinity: z
    .boolean()
    .default(false)
    .meta(
      field('Whether a node takes addresses of its own blocks alone, and none from a block of another.', {
        example: true,
        change: 'free',
        note: `${IPAM} Pods keep the address they have.`,
      }),
    ),
  autoAllocateBlocks: z
    .boolean()
    .default(true)
    .meta(
      field('Whether a node takes a block when it has none left.', {
        example: false,
        change: 'free',
        note: IPAM,
      }),
    ),
  maxBlocksPerHost: z
    .int()
    .min(0)
    .max(65535)
    .default(0)
    .meta(
      field('How many blocks a node may take of a family; 0 leaves it at 20, Calico’s own limit.', {
        unit: 'blocks',
        example: 4,
        change: 'free',
        note: `${IPAM} A node keeps the blocks it has.`,
      }),
    ),
});

/** The CNI configuration has `usePodCidr` alone, which is IPv4 (roles/network_plugin/calico/templates/calico-config.yml.j2:51). */
export const hostLocalIpam = z.strictObject({
  nodePrefix: z
    .int()
    .min(1)
    .max(32)
    .default(24)
    .meta(
      field('Size of the range that each node gets out of `network.pods`: 24 is 256 addresses.', {
        unit: 'bits of prefix',
        example: 25,
        change: 'never',
        note: NODE_RANGES,
      }),
    ),
  nodePrefix6: z
    .int()
    .min(1)
    .max(128)
    .default(120)
    .meta(
      field(
        'Size of the range that each node gets out of `network.ipv6.pods`; kubespray lets no pod have an address of it.',
        {
          unit: 'bits of prefix',
          example: 118,
          change: 'never',
          note: NODE_RANGES,
        },
      ),
    ),
});

export const ipam = z
  .union(
    [
      z.enum(['calico', 'host-local']),
      z.strictObject({ calico: calicoIpam.meta(section("Calico's own IPAM: blocks out of pools.")) }),
      z.strictObject({
        'host-local': hostLocalIpam.meta(section("One range a node, out of the node's entry in the API.")),
      }),
    ],
    { error: 'Write calico or host-local, or { calico: { … } } or { host-local: { … } }: one of them.' },
  )
  .default('calico')
  .meta(
    field(
      'Who gives addresses to pods: Calico, block by block, or a fixed range of each node, which gives those of IPv4 alone.',
      {
        example: { calico: { strictAffinity: true } },
        change: 'never',
        note: 'Addresses that the one gave are unknown to the other. The options of `calico` can change.',
      },
    ),
  );

const DETECTION_HINT =
  'Write auto, first-found, kubernetes-internal-ip, { canReach: DEST }, { interface: REGEX }, { skipInterface: REGEX } or { cidr: [RANGE] }: one of them.';

/** Facts of a way to find the address: all change alike. */
const way = (description: string, example: unknown) =>
  field(description, { example, change: 'rolling restart', note: RESTART });

/** How a node finds its address of one family. */
export function autodetection(family: 4 | 6) {
  const ranges = family === 4 ? cidr : cidr6;
  const [destination, range] = family === 4 ? ['192.168.4.1', '192.168.4.0/24'] : ['fd00:4::1', 'fd00:4::/64'];
  return z
    .union(
      [
        z.enum(['auto', 'first-found', 'kubernetes-internal-ip']),
        z.strictObject({
          canReach: word.meta(way('The address that a packet to this destination leaves with.', destination)),
        }),
        z.strictObject({
          interface: word.meta(way('The first interface whose name this regular expression matches.', 'eth.*')),
        }),
        z.strictObject({
          skipInterface: word.meta(
            way('The first interface whose name this regular expression does not match.', 'docker.*'),
          ),
        }),
        z.strictObject({
          cidr: z
            .array(ranges)
            .min(1)
            .meta(way('The first address inside one of these ranges.', [range])),
        }),
      ],
      { error: DETECTION_HINT },
    )
    .default('auto')
    .meta(
      way(
        family === 4
          ? 'How calico-node finds the IPv4 address that others reach it at; auto asks how it reaches the address of its Kubernetes node.'
          : 'How calico-node finds the IPv6 address that others reach it at; auto is first-found: the first address of the first interface.',
        { interface: 'eth.*' },
      ),
    );
}
