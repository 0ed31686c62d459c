import type { ObjectRule } from '../rule.ts';
import { nameOf } from '../world.ts';
import { wantsOf } from './acting.ts';
import { failsafe, hint, hittingIn, reference } from './host-endpoints.ts';
import { isGlobalPolicy } from './kinds.ts';
import { listText } from './words.ts';

export const hitsHostEndpoints: ObjectRule = {
  code: 'hits-host-endpoints',
  title: 'A policy about pods is not for host endpoints as well',
  class: 'harmful',
  description:
    'Without a namespaceSelector a GlobalNetworkPolicy is for every HostEndpoint that its selector means, and whatever it does not allow is closed to the node itself: kubelet, node exporters, the metrics of Felix. One whose selector no pod meets is taken for meant so.',
  reference,
  concerns: isGlobalPolicy,
  fields: [],
  variables: [],
  judge(declared) {
    return hittingIn(declared)
      .filter(({ hit }) => hit.length > 0)
      .map(({ object, hit }) => ({
        urn: object.urn,
        path: 'spec.selector',
        message: `${nameOf(object)} is for host endpoint${hit.length > 1 ? 's' : ''} ${listText(hit)} as well as for pods: what it does not allow is closed to these nodes; ${failsafe}`,
        hint,
      }));
  },
  wanting: wantsOf,
};
