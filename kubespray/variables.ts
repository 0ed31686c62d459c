import { type Cluster, deriveNetwork } from '../cluster/index.ts';
import { bgpTopic } from './variables/bgp.ts';
import { calicoTopic } from './variables/calico.ts';
import { dataplaneTopic } from './variables/dataplane.ts';
import { encapsulationTopic } from './variables/encapsulation.ts';
import { felixTopic } from './variables/felix.ts';
import { everyHostTopic, kubernetesTopic } from './variables/kubernetes.ts';
import { cniTopic, imagesTopic, kubeControllersTopic, nodeTopic, typhaTopic } from './variables/parts.ts';
import { ipamTopic, poolsTopic } from './variables/pools.ts';
import { rangesTopic } from './variables/ranges.ts';
import type { Facts, Said, Topic } from './variables/topic.ts';

export const files = {
  hosts: 'hosts.yaml',
  all: 'group_vars/all/all.yml',
  cluster: 'group_vars/k8s_cluster/k8s-cluster.yml',
  calico: 'group_vars/k8s_cluster/k8s-net-calico.yml',
  extraVars: 'extra-vars.json',
} as const;

/** A variable of the group_vars, with the file and the heading that it stands under. */
export interface Variable extends Said {
  readonly file: string;
  readonly title: string;
}

/** Prefix of the paths of extra variables. */
const EXTRA = 'kubespray.extraVariables';

/** What is said, file by file, in the order in which it is read. */
const topics: readonly (readonly [file: string, topic: (facts: Facts) => Topic])[] = [
  [files.all, everyHostTopic],
  [files.cluster, kubernetesTopic],
  [files.cluster, rangesTopic],
  [files.calico, calicoTopic],
  [files.calico, encapsulationTopic],
  [files.calico, poolsTopic],
  [files.calico, ipamTopic],
  [files.calico, bgpTopic],
  [files.calico, dataplaneTopic],
  [files.calico, felixTopic],
  [files.calico, nodeTopic],
  [files.calico, cniTopic],
  [files.calico, kubeControllersTopic],
  [files.calico, typhaTopic],
  [files.calico, imagesTopic],
];

/**
 * Every variable of the group_vars, each once. An extra variable with a name of ours replaces the value where it stands
 * (group_vars of k8s_cluster would win over a second definition in `all`); the others go to `all`.
 */
export function variablesOf(cluster: Cluster): Variable[] {
  const extra = cluster.kubespray.extraVariables;
  const facts: Facts = { cluster, network: deriveNetwork(cluster) };
  const ours = topics.flatMap(([file, topic]) => {
    const { title, variables } = topic(facts);
    return variables.map(
      (said): Variable => ({ file, title, ...(Object.hasOwn(extra, said.name) ? overridden(said.name, extra) : said) }),
    );
  });
  const names = new Set(ours.map((variable) => variable.name));
  const others = Object.entries(extra)
    .filter(([name]) => !names.has(name))
    .map(([name, value]) => ({
      file: files.all,
      title: 'Extra variables',
      name,
      value,
      reason: 'An extra variable.',
      path: `${EXTRA}.${name}`,
    }));
  return [...ours, ...others];
}

function overridden(name: string, extra: Readonly<Record<string, unknown>>): Said {
  return { name, value: extra[name], reason: 'Overridden by an extra variable.', path: `${EXTRA}.${name}` };
}
