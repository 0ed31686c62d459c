/** Addresses that there are none of, and one that nobody has. */
import { type DoctorGround, names } from '../../support/doctor.ts';
import type { DoctorFault } from '../../support/doctor-fault.ts';
import { until } from '../../support/faults/node.ts';

/** A pod of nothing but its network, on that node. */
const pod = (name: string, node: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: 'doctor' } },
  spec: {
    nodeName: node,
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'pause', image: 'registry.k8s.io/pause:3.10.1' }],
  },
});

const make = (ground: DoctorGround, items: object[]) =>
  ground.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));

const ready = (ground: DoctorGround, which: string) =>
  ground.kubectl('wait', '--for=condition=Ready', 'pod', '-l', which, '--timeout=60s');

/** How many addresses of the pool nobody has. */
async function free(ground: DoctorGround): Promise<number> {
  const { items } = JSON.parse(await ground.kubectl('get', 'ipamblocks.crd.projectcalico.org', '-o', 'json'));
  const held = items.map(({ spec }: Block) => spec.allocations.filter((one) => one !== null).length);
  return ground.addresses - held.reduce((sum: number, count: number) => sum + count, 0);
}

interface Block {
  readonly spec: { readonly allocations: readonly (number | null)[] };
}

/** Where the agent of the lab's nodes notes what it gave to whom. */
const notes = '/var/lib/calispray-lab/pods';

export const ipam: readonly DoctorFault[] = [
  {
    name: 'ipam-exhausted',
    what: 'Pods have all addresses of the pool, and one more on homelab waits for its own.',
    async inject(ground) {
      const crowd = Array.from({ length: await free(ground) }, (_, place) =>
        pod(`crowd-${place}`, names[place % names.length] ?? 'homelab'),
      );
      await make(ground, crowd);
      await ready(ground, 'app=doctor');
      await make(ground, [pod('latecomer', 'homelab')]);
      await until('the latecomer is told that there is none', async () => {
        const said = await ground.kubectl('get', 'events', '-n', 'default', '-o', 'jsonpath={.items[*].message}');
        return /No IPs available in pools/.test(said);
      });
    },
    async undo(ground) {
      await ground.kubectl('delete', 'pod', '-n', 'default', '-l', 'app=doctor', '--timeout=120s');
      await ground.kubectl('delete', 'events', '-n', 'default', '--all');
    },
    found: {
      code: 'ipam-exhausted',
      nodes: ['homelab'],
      evidence: /default\/latecomer on homelab: .*No IPs available in pools/,
      mend: /^stack network\.furtherPools: /,
    },
  },
  {
    name: 'ipam-leak',
    what: 'homelab lost a pod and its note of it: nobody has the address, and nobody gives it back.',
    async inject(ground) {
      const homelab = ground.node('homelab');
      await make(ground, [pod('stray', 'homelab')]);
      await ready(ground, 'app=doctor');
      await homelab.sh('systemctl stop calispray-lab-node');
      await ground.kubectl('delete', 'pod', '-n', 'default', 'stray', '--force', '--grace-period=0');
      const note = (await homelab.sh(`grep -l '"name": "stray"' ${notes}/*.json`)).trim();
      const { space, address } = JSON.parse(homelab.read(note));
      await homelab.sh(`ip netns del ${space}; mv ${note} ${note}.lost; systemctl start calispray-lab-node`);
      await until('the address leads nowhere', async () => {
        return !(await homelab.tries(`ip -o route get ${address} | grep ' dev cali'`));
      });
    },
    async undo(ground) {
      await ground.kubectl('delete', 'pod', '-n', 'default', '-l', 'app=doctor', '--force', '--grace-period=0');
      // With its note again the agent sees that the pod is gone, and gives the address back.
      await ground.node('homelab').sh(`for lost in ${notes}/*.lost; do ! mv "$lost" "\${lost%.lost}" 2> /dev/null; done
        systemctl restart calispray-lab-node`);
      await until(
        'the address is free',
        async () => {
          return !(await ground.kubectl('get', 'ipamblocks.crd.projectcalico.org', '-o', 'json')).includes('"stray"');
        },
        60,
      );
    },
    found: {
      code: 'ipam-leak',
      nodes: ['homelab'],
      evidence: /held by k8s-pod-network\.\w+ for pod default\/stray on homelab/,
      mend: /^on masternode: .*ipam release --from-report/,
    },
  },
];
