import { apiOf, controlPlane, members, runsBird } from '../seen.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { lostWith } from './sessions.ts';

export const bgpMeshOff: Trouble = {
  code: 'bgp-mesh-off',
  title: 'The mesh is switched off, and nothing takes its place',
  judge(subject) {
    const live = apiOf(subject)?.bgp.find(({ name }) => name === 'default')?.spec.nodeToNodeMeshEnabled;
    if (!runsBird(subject) || subject.cluster.network.bgp.topology !== 'full-mesh' || live !== false) return [];
    const all = members(subject);
    const missing = all.flatMap(({ name }) =>
      all
        .filter((other) => subject.symptoms.includes(symptom.noSession(name, other.name)))
        .map((other) => [name, other.name] as const),
    );
    const explains = missing.flatMap(([name, other]) => [
      symptom.noSession(name, other),
      ...lostWith(subject, name, other),
    ]);
    const finding: Diagnosis = {
      code: bgpMeshOff.code,
      severity: missing.length > 0 ? 'broken' : 'failing',
      message: 'the mesh of nodes is switched off in the cluster, and the stack has every node speak with every other',
      nodes: [...new Set(missing.map(([name]) => name))],
      evidence: ['API: BGPConfiguration default: nodeToNodeMeshEnabled = false'],
      why: 'Without a mesh and without peers nobody tells anybody where pods are.',
      mend: [
        {
          on: controlPlane(subject),
          command: `sudo calicoctl.sh patch bgpconfig default -p '{"spec":{"nodeToNodeMeshEnabled":true}}'`,
        },
      ],
      explains: [...new Set(explains)],
      reference:
        'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:306-312 (peer_with_router switches it off)',
    };
    return [finding];
  },
};
