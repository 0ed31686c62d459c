import { matches } from '../../../reachability/index.ts';
import type { ObjectRule } from '../rule.ts';
import { nameOf } from '../world.ts';
import { type Acting, actingIn, wantsOf } from './acting.ts';
import { endsOf } from './ends.ts';
import { isPolicy } from './kinds.ts';
import { hostPodsOf, nodeOf, takesSomebody } from './labels.ts';
import { listText } from './words.ts';

export const prometheusOnHostNetwork: ObjectRule = {
  code: 'prometheus-on-host-network',
  title: 'A selector does not mean pods on their node’s network alone',
  class: 'harmful',
  description:
    'A pod with hostNetwork is the node, as far as policies go: no selector of pods ever means it, and its packets have an address of the node. Prometheus is often run so; the policy that lets it scrape then lets nobody in.',
  reference: 'Calico v3.32.1 libcalico-go/lib/backend/k8s/conversion/conversion.go:141-175',
  concerns: isPolicy,
  fields: [],
  variables: [],
  judge(declared) {
    const acting = actingIn(declared);
    if (acting === undefined) return [];
    const pods = hostPodsOf(acting);
    if (pods.length === 0) return [];
    return declared.objects.flatMap((object) =>
      endsOf(object).flatMap(({ path, of, selector }) => {
        const node = selector === '' ? undefined : nodeOf(selector);
        if (node === undefined) return [];
        const meant = pods.filter(({ labels }) => matches(node, labels)).map(({ name }) => name);
        if (meant.length === 0 || takesSomebody(acting, node)) return [];
        const what = of === 'policy' ? 'is never for it' : 'never means it';
        const message = `${nameOf(object)} selects ${listText(meant)}, which runs with hostNetwork, so it ${what}: its packets come from the node`;
        return [{ urn: object.urn, path, message, hint: hintOf(of, acting) }];
      }),
    );
  },
  wanting: wantsOf,
};

function hintOf(of: 'policy' | 'ingress' | 'egress', acting: Acting): string {
  if (of === 'policy')
    return 'Take it off the node’s network; to police nodes, use a HostEndpoint and a GlobalNetworkPolicy.';
  const nodes = [...acting.analysis.base.parts.nodes.values()].flatMap((addresses) => addresses.slice(0, 1));
  const addresses = nodes.map(({ words }) => [24, 16, 8, 0].map((bit) => ((words[0] ?? 0) >>> bit) & 255).join('.'));
  const example = addresses.length === 0 ? 'the net of the nodes' : `the nodes’ net, with ${listText(addresses)}`;
  return `Take it off the node’s network, or allow the addresses of its nodes: ipBlock of ${example}.`;
}
