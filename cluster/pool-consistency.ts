import { contains, overlaps, type Range, range } from './cidr.ts';
import type { Finding } from './finding.ts';
import { isRecord, list, type Raw, record, refused } from './raw.ts';

/** The defaults of schema/ that a further pool is compared with. */
const PODS = '10.233.64.0/18';
const NAME = 'default-pool';

/** What only shows between the pools, in a raw value. Whether the main pool is inside the pod range is for a rule. */
export function poolFindings(root: Raw): Finding[] {
  const network = record(root.network);
  const further = list(network.furtherPools).map(record);
  if (further.length === 0) return [];
  return [
    ...sameNames(network, further),
    ...further.flatMap((pool, i) => [
      ...rangeFindings(network, further, pool, i),
      ...blockFindings(pool, i),
      ...tunnelFindings(network, pool, i),
    ]),
    ...ipamFindings(network),
  ];
}

const at = (i: number, field: string) => `network.furtherPools[${i}].${field}`;

/** kubespray calls the pool of IPv6 like that of IPv4, with `-ipv6` behind (roles/network_plugin/calico/tasks/install.yml:261). */
function sameNames(network: Raw, further: readonly Raw[]): Finding[] {
  const { name: main = NAME } = record(network.pool);
  const taken = new Map<unknown, string>([
    [main, 'network.pool'],
    ...(network.ipv6 === undefined || typeof main !== 'string' ? [] : [[`${main}-ipv6`, 'network.ipv6.pool'] as const]),
  ]);
  return further.flatMap(({ name }, i) => {
    const owner = taken.get(name);
    if (typeof name !== 'string') return [];
    taken.set(name, owner ?? `network.furtherPools[${i}]`);
    if (owner === undefined) return [];
    const message = `${owner} is called ${name} already`;
    return [refused('duplicate-pool', at(i, 'name'), message, 'Give every pool a name of its own.')];
  });
}

/** Calico refuses pools that overlap; one outside `network.pods` is outside of what kube-proxy and policies take for pods. */
function rangeFindings(network: Raw, further: readonly Raw[], pool: Raw, i: number): Finding[] {
  const cidr = range(pool.cidr);
  if (cidr === undefined) return [];
  const { pods = PODS } = network;
  const { cidr: main = pods } = record(network.pool);
  const others: [string, unknown][] = [
    ['network.pool', main],
    ...further.slice(0, i).map((other, j): [string, unknown] => [`network.furtherPools[${j}]`, other.cidr]),
  ];
  const found = others
    .filter(([, other]) => overlapsWith(cidr, range(other)))
    .map(([owner, other]) =>
      refused(
        'pools-overlap',
        at(i, 'cidr'),
        `${pool.cidr} overlaps ${other} of ${owner}, and Calico refuses the pool`,
        owner === 'network.pool'
          ? 'Write a range beside it; where network.pool is all of network.pods, give it a smaller cidr.'
          : 'Write ranges that are apart.',
      ),
    );
  const all = range(pods);
  if (all === undefined || contains(all, cidr)) return found;
  const message = `${pool.cidr} is outside of ${pods}, the range of all pods`;
  const hint = 'Write a range inside network.pods: kube-proxy and the policies made here go by that.';
  return [...found, refused('pool-outside-pods', at(i, 'cidr'), message, hint)];
}

function overlapsWith(a: Range, b: Range | undefined): boolean {
  return b !== undefined && overlaps(a, b);
}

function blockFindings({ cidr, blockSize = 26 }: Raw, i: number): Finding[] {
  const prefix = range(cidr)?.prefix;
  if (prefix === undefined || typeof blockSize !== 'number' || blockSize >= prefix) return [];
  const message = `a block of /${blockSize} does not fit into ${cidr}, and Calico refuses the pool`;
  return [refused('block-larger-than-pool', at(i, 'blockSize'), message, `Write ${prefix} or more, 32 at most.`)];
}

/**
 * kubespray writes into FelixConfiguration that the tunnels which its own pool does not use are off, and Felix then has
 * them for no pool at all.
 */
function tunnelFindings(network: Raw, { encapsulation }: Raw, i: number): Finding[] {
  const [main, kind] = [tunnelOf(network.encapsulation), tunnelOf(encapsulation)];
  if (main === undefined || kind === undefined || kind === 'none' || kind === main) return [];
  const ways = main === 'none' ? 'none' : `none or { ${main}: … }`;
  return [
    refused(
      'tunnel-off',
      at(i, 'encapsulation'),
      `kubespray switches ${kind} off, since network.encapsulation is ${main}`,
      `Write ${ways} here, or leave it out.`,
      'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:167',
    ),
  ];
}

function tunnelOf(written: unknown): 'none' | 'ipip' | 'vxlan' | undefined {
  if (written === 'none') return 'none';
  const { ipip, vxlan } = record(written);
  if (ipip !== undefined) return 'ipip';
  return vxlan === undefined ? undefined : 'vxlan';
}

function ipamFindings({ ipam }: Raw): Finding[] {
  if (ipam !== 'host-local' && !(isRecord(ipam) && ipam['host-local'] !== undefined)) return [];
  const message = 'with host-local IPAM pods get addresses of their node’s range, and none of a pool';
  return [refused('pools-unused', 'network.furtherPools', message, 'Leave them out, or write ipam: calico.')];
}
