import type { Nameless } from '../../../reachability/analysis/index.ts';
import { isTruthy, valueIn } from '../../rules/variables.ts';
import type { Declared, ObjectFinding, ObjectRule } from '../rule.ts';
import { actingIn, nameWith, objectOf, wantsOf } from './acting.ts';
import { isPolicy } from './kinds.ts';
import { listText } from './words.ts';

export const dnsForgotten: ObjectRule = {
  code: 'dns-forgotten',
  title: 'Pods whose egress is closed may still ask for names, over UDP and TCP',
  class: 'harmful',
  description:
    'A policy about egress closes port 53 with all the rest. Over UDP alone, an answer of more than 512 bytes (many endpoints, DNSSEC) fails now and then. With kubespray’s node-local cache pods ask 169.254.25.10, which is on the node’s network: no selector of pods matches it. Pods that may reach nobody at all are left alone.',
  reference: 'kubespray v2.31.0 roles/kubernetes-apps/ansible/templates/nodelocaldns-daemonset.yml.j2',
  concerns: isPolicy,
  fields: [],
  variables: ['enable_nodelocaldns', 'nodelocaldns_ip'],
  judge(declared) {
    const analysis = actingIn(declared)?.analysis;
    if (analysis === undefined) return [];
    return analysis.nameless(cachesIn(declared)).flatMap((nameless) => {
      const resource = analysis.resourceOf(nameless.policy);
      const object = resource && objectOf(declared, resource);
      return resource === undefined || object === undefined
        ? []
        : [{ urn: object.urn, ...textOf(nameless, nameWith(resource)) }];
    });
  },
  wanting: wantsOf,
};

/** The cache of the one cluster that the stack declares. */
function cachesIn({ inventories }: Declared): string[] {
  const [only, ...others] = inventories;
  if (only === undefined || others.length > 0 || !isTruthy(valueIn(only.subject, 'enable_nodelocaldns'))) return [];
  const address = valueIn(only.subject, 'nodelocaldns_ip');
  return typeof address === 'string' ? [address] : [];
}

function textOf({ closed, pods, servers }: Nameless, policy: string): Omit<ObjectFinding, 'urn'> {
  const ports = closed.map((proto) => `${proto}/53`);
  const all = pods.flat();
  const own = all.filter(({ kind }) => kind === 'pod');
  const who = listText((own.length > 0 ? own : all).map(({ words }) => words));
  const whom = servers.length === 0 ? 'anybody' : listText(servers);
  const caches = servers.filter((server) => !server.includes('/'));
  const to =
    caches.length === 0 ? 'to pods with k8s-app: kube-dns of kube-system' : `to ipBlock ${caches.join(', ')}/32`;
  return {
    path: 'spec.egress',
    message: `${policy} is for ${who}, who cannot ask ${whom} for names: ${ports.join(' and ')} ${ports.length > 1 ? 'are' : 'is'} closed to them`,
    hint: `Allow ${ports.join(' and ')} ${to}, as the helper policies.allowDns does.`,
  };
}
