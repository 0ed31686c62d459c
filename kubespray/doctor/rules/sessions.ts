/** BGP sessions that are not established, and whom they are with. */
import type { Node } from '../../../cluster/index.ts';
import { apiOf, members, nodeAt, sessionsAt } from '../seen.ts';
import type { Subject } from '../subject.ts';
import { symptom } from '../symptoms.ts';

export interface Failed {
  /** Whose BIRD says so. */
  readonly node: string;
  readonly peer: string;
  /** `Active Socket: Connection refused` */
  readonly state: string;
  /** The declared node with that address. */
  readonly other?: Node;
  /** Whether the stack names the address as a peer outside of the cluster. */
  readonly declared: boolean;
  readonly symptom: string;
}

/** Those that are (still) to be explained. */
export function failedSessions(subject: Subject): Failed[] {
  const open = new Set(subject.symptoms);
  const declared = new Set(
    [...subject.cluster.network.bgp.peers, ...subject.cluster.nodes.flatMap(({ bgp }) => bgp.peers)].map(
      ({ address }) => address,
    ),
  );
  return [...subject.nodes].flatMap(([node, seen]) =>
    sessionsAt(seen)
      .filter(({ peer, established }) => !established && open.has(symptom.session(node, peer)))
      .map(({ peer, state }): Failed => {
        const other = nodeAt(subject, peer);
        const from = { node, peer, state, declared: declared.has(peer), symptom: symptom.session(node, peer) };
        return other === undefined ? from : { ...from, other };
      }),
  );
}

/** `homelab: BGP session to 192.168.4.63: Active Socket: Connection refused (BIRD)` */
export function sessionLine({ node, peer, state }: Pick<Failed, 'node' | 'peer' | 'state'>): string {
  return `${node}: BGP session to ${peer}: ${state} (BIRD)`;
}

/** What is lost with the session: routes of one to the other's blocks, and with them paths between their pods. */
export function lostWith(subject: Subject, a: string, b: string): string[] {
  const pair = new Set([a, b]);
  const blocks = apiOf(subject)?.blocks ?? [];
  const routes = blocks.flatMap(({ cidr, node }) =>
    node !== null && pair.has(node)
      ? members(subject)
          .filter(({ name }) => pair.has(name) && name !== node)
          .map(({ name }) => symptom.route(name, cidr))
      : [],
  );
  const paths = subject.evidence.paths
    .filter(({ layer, from, to }) => layer === 'pod' && pair.has(from) && pair.has(to))
    .map(symptom.silent);
  return [...new Set([...routes, ...paths])].filter((one) => subject.symptoms.includes(one));
}
