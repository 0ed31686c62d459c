import { apiOf, controlPlane } from '../seen.ts';
import type { Subject } from '../subject.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { counted, listed, shortened } from '../words.ts';
import { poolsOf } from './pools.ts';

export const ipamLeak: Trouble = {
  code: 'ipam-leak',
  title: 'Addresses are held for pods or nodes that are gone',
  judge(subject) {
    const api = apiOf(subject);
    if (api === undefined || api.nodes.length === 0) return [];
    const leaks = poolsOf(subject).flatMap(({ taken }) =>
      taken.flatMap(({ held, node: owner }) => held.flatMap((one) => leakOf(subject, one, owner) ?? [])),
    );
    if (leaks.length === 0) return [];
    const on = controlPlane(subject);
    const finding: Diagnosis = {
      code: ipamLeak.code,
      severity: 'risk',
      message: `${counted(leaks.length, 'address', 'addresses')} ${leaks.length === 1 ? 'is' : 'are'} held for ${listed(leaks.map(({ whose }) => whose))}`,
      nodes: [...new Set(leaks.map(({ node }) => node))].filter((name) => subject.nodes.has(name)),
      evidence: shortened(leaks.map(({ line }) => line)),
      why: 'They are lost to the pool until they are released; kube-controllers does that after 15 minutes where it can tell that they leak.',
      // By handle, out of a report, with the datastore locked: a single address may long be a living pod's.
      mend: [
        {
          on,
          command: 'sudo kubectl -n kube-system logs -l k8s-app=calico-kube-controllers --tail 200 | grep -i leak',
        },
        { on, command: 'sudo calicoctl.sh datastore migrate lock' },
        { on, command: 'sudo calicoctl.sh ipam check --show-problem-ips -o /root/ipam-report.json' },
        { on, command: 'sudo calicoctl.sh ipam release --from-report=/root/ipam-report.json' },
        {
          on,
          command:
            'sudo calicoctl.sh datastore migrate unlock # in any case: while it is locked no pod gets an address',
        },
      ],
      explains: [],
      reference:
        'Calico v3.31.5 calicoctl/calicoctl/commands/ipam/release.go:140-207 (the report is to be made while the datastore is locked)',
    };
    return [finding];
  },
};

interface Leak {
  readonly node: string;
  readonly whose: string;
  readonly line: string;
}

/**
 * Of nodes that the API does not know; of pods that neither the API nor the node itself has. A pod that is just being made has its address
 * before anybody else knows it: where its node was not asked, nothing is said.
 */
function leakOf(
  subject: Subject,
  { address, handle, pod, node }: { address: string; handle: string; pod?: string; node?: string },
  owner: string | null,
): Leak | undefined {
  const api = apiOf(subject);
  const holder = node ?? /-tunnel-addr-(.+)$/.exec(handle)?.[1] ?? owner;
  if (api === undefined || holder === null) return undefined;
  const known = api.nodes.some(({ name }) => name === holder);
  const line = `API: ${address} is held by ${handle}${pod === undefined ? '' : ` for pod ${pod}`} on ${holder}`;
  if (!known && (node !== undefined || /-tunnel-addr-/.test(handle)))
    return { node: holder, whose: `the node ${holder}, which is gone`, line: `${line}; there is no such node` };
  if (pod === undefined || api.addresses.some((one) => one.address === address)) return undefined;
  if (api.waiting.some((one) => one.pod === pod)) return undefined;
  const seen = subject.nodes.get(holder);
  if (seen === undefined || seen.pods.some((one) => one.address === address)) return undefined;
  return { node: holder, whose: `pod ${pod}, which is gone`, line: `${line}; neither API nor node has it` };
}
