import { apiOf } from '../seen.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { listed, shortened } from '../words.ts';
import { deafBy, pathLine, suspects } from './paths.ts';

export const podAddressesBlocked: Trouble = {
  code: 'pod-addresses-blocked',
  title: 'The network does not carry the addresses of pods',
  judge(subject) {
    // With a route on both sides alone it is the network between them; without one the route is the matter.
    const deaf = deafBy(subject, 'none').filter(
      ({ from, to }) => hasRoute(subject, from, to) && hasRoute(subject, to, from),
    );
    if (deaf.length === 0) return [];
    const { kind } = subject.cluster.network.encapsulation;
    const finding: Diagnosis = {
      code: podAddressesBlocked.code,
      severity: 'broken',
      message: `pods on ${listed(deaf.flatMap(({ from, to }) => [from, to]))} do not hear each other; the nodes do, and have the routes`,
      nodes: suspects(deaf),
      evidence: shortened(deaf.map(pathLine)),
      why: 'Without encapsulation packets carry the addresses of pods, and switches, hypervisors and clouds that know the nodes alone drop them as forged.',
      mend: [
        {
          on: 'the switch, hypervisor or cloud',
          command: `let ${subject.cluster.network.pods} through between the nodes (anti-spoofing, source/destination check, MAC filter)`,
        },
      ],
      stack: {
        path: 'network.encapsulation',
        from: kind === 'none' ? 'none' : `{ ${kind}: cross-subnet }`,
        to: kind === 'none' ? '{ vxlan: always }, with migrate.encapsulation' : `{ ${kind}: always }`,
      },
      explains: [...new Set(deaf.map(symptom.silent))],
      inferred: true,
      reference: 'https://docs.tigera.io/calico/latest/networking/determine-best-networking',
    };
    return [finding];
  },
};

function hasRoute(subject: Parameters<Trouble['judge']>[0], from: string, to: string): boolean {
  const routes = new Set(subject.nodes.get(from)?.routes.map((route) => route.to));
  const blocks = (apiOf(subject)?.blocks ?? []).filter(({ node, held }) => node === to && held.length > 0);
  return blocks.length > 0 && blocks.every(({ cidr }) => routes.has(cidr));
}
