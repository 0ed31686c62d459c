/** What the API server says, or does not say. */
import type { DoctorGround } from '../../support/doctor.ts';
import type { DoctorFault } from '../../support/doctor-fault.ts';
import { until } from '../../support/faults/node.ts';

const kubeDns = {
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
  podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
};
const cache = { ipBlock: { cidr: '169.254.25.10/32' } };

/** Whom the pods of production may ask for names. */
const mayAsk = (ground: DoctorGround, to: readonly object[]) =>
  ground.kubectl(
    ...['patch', 'networkpolicy', '-n', 'production', 'allow-dns', '--type=json', '-p'],
    JSON.stringify([{ op: 'replace', path: '/spec/egress/0/to', value: to }]),
  );

export const api: readonly DoctorFault[] = [
  {
    name: 'policy-dns-node-local',
    what: 'A hand took the node-local cache out of the policy that lets production ask for names.',
    inject: async (ground) => void (await mayAsk(ground, [kubeDns])),
    undo: async (ground) => void (await mayAsk(ground, [kubeDns, cache])),
    found: {
      code: 'policy-dns-node-local',
      nodes: [],
      evidence: /production.allow-dns/,
      mend: /169\.254\.25\.10/,
    },
  },
  {
    name: 'api-down',
    what: 'The API server does not run.',
    async inject(ground) {
      const master = ground.node('masternode');
      // Told to stop, it would wait a minute for those that watch.
      await master.sh('systemctl kill -s KILL kube-apiserver; systemctl stop kube-apiserver');
      await until('nobody listens', () => master.tries('! ss -Hltn sport = :6443 | grep -q .'));
    },
    undo: async (ground) => void (await ground.node('masternode').sh('systemctl start kube-apiserver')),
    found: { code: 'api-down', nodes: ['masternode'], evidence: /6443/, mend: /^on masternode: / },
  },
];
