import { apiOf, deviceOf, inside, members, wayBetween } from '../seen.ts';
import type { Subject } from '../subject.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { counted } from '../words.ts';
import { pathsThrough } from './paths.ts';

export const rpFilter: Trouble = {
  code: 'rp-filter',
  title: 'The kernel drops packets whose way back is another one',
  judge(subject) {
    return [...subject.nodes].flatMap(([name, node]): Diagnosis[] => {
      const crooked = members(subject).flatMap((other) => crookedWay(subject, name, other.name) ?? []);
      if (crooked.length === 0) return [];
      const [first] = crooked as [Crooked];
      const key = `net/ipv4/conf/${first.comesBy}/rp_filter`;
      return [
        {
          code: rpFilter.code,
          severity: 'broken',
          message: `${name} drops what pods of ${counted(crooked.length, 'other node')} send: it comes by ${first.comesBy}, the way back is ${first.goesBy}, and rp_filter there is strict`,
          nodes: [name],
          evidence: [
            `${name}: ${key.replaceAll('/', '.')} = ${node.sysctl[key] ?? '?'}, net.ipv4.conf.all.rp_filter = ${node.sysctl['net/ipv4/conf/all/rp_filter'] ?? '?'} (sysctl; the larger one counts)`,
            ...crooked.map(({ to, goesBy }) => `${name}: route to ${to} dev ${goesBy}`),
          ],
          why: 'With 1 a packet is taken only from the interface that an answer would leave by; the others are dropped without a word.',
          mend: [
            { on: name, command: `ip route get ${first.to.split('/')[0]}` },
            { on: name, command: `sudo sysctl -w net.ipv4.conf.${first.comesBy}.rp_filter=2` },
          ],
          explains: pathsThrough(subject, name),
          reference: 'https://www.kernel.org/doc/Documentation/networking/ip-sysctl.txt (rp_filter)',
        },
      ];
    });
  },
};

interface Crooked {
  readonly to: string;
  readonly comesBy: string;
  readonly goesBy: string;
}

/** Packets of the other's pods come by one interface, and the route to these pods is by another. */
function crookedWay(subject: Subject, name: string, other: string): Crooked | undefined {
  const node = subject.nodes.get(name);
  const way = name === other ? undefined : wayBetween(subject, other, name);
  // Felix keeps WireGuard's routes in a table of their own, by the side of the others.
  const comesBy = way === undefined || way === 'wireguard' ? undefined : deviceOf(subject, name, way);
  const block = apiOf(subject)?.blocks.find(
    (one) => one.node === other && one.held.length > 0 && !one.cidr.includes(':'),
  );
  if (node === undefined || comesBy === undefined || block === undefined) return undefined;
  if (!strict(node.sysctl, comesBy)) return undefined;
  const route = node.routes
    .filter(({ to, type = 'unicast' }) => type === 'unicast' && (to === block.cidr || contains(to, block.cidr)))
    .sort((a, b) => prefixOf(b.to) - prefixOf(a.to))[0];
  const goesBy = route?.device;
  return goesBy === undefined || goesBy === comesBy ? undefined : { to: block.cidr, comesBy, goesBy };
}

function strict(sysctl: Readonly<Record<string, string>>, device: string): boolean {
  const [own, all] = [`net/ipv4/conf/${device}/rp_filter`, 'net/ipv4/conf/all/rp_filter'].map((key) => sysctl[key]);
  return own !== undefined && Math.max(Number(own), Number(all ?? 0)) === 1;
}

function contains(route: string, cidr: string): boolean {
  return (
    route !== 'default' &&
    route.includes('/') &&
    prefixOf(route) < prefixOf(cidr) &&
    inside(cidr.split('/')[0] ?? '', route)
  );
}

function prefixOf(cidr: string): number {
  return cidr === 'default' ? 0 : Number(cidr.split('/')[1] ?? 32);
}
