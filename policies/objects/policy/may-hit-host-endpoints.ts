import type { ObjectRule } from '../rule.ts';
import { nameOf } from '../world.ts';
import { wantsOf } from './acting.ts';
import { failsafe, hint, hittingIn, reference } from './host-endpoints.ts';
import { isGlobalPolicy } from './kinds.ts';

export const mayHitHostEndpoints: ObjectRule = {
  code: 'may-hit-host-endpoints',
  title: 'A policy about pods would not be for host endpoints',
  class: 'advice',
  description:
    'As soon as somebody makes a HostEndpoint, or has Calico make them (autoCreate), a GlobalNetworkPolicy without a namespaceSelector is for the nodes too, and closes to them what it does not allow.',
  reference,
  concerns: isGlobalPolicy,
  fields: [],
  variables: [],
  judge(declared) {
    return hittingIn(declared)
      .filter(({ hit, any }) => hit.length === 0 && any)
      .map(({ object }) => ({
        urn: object.urn,
        path: 'spec.namespaceSelector',
        message: `${nameOf(object)} has no namespaceSelector, so it would be for host endpoints too, once there are some: what it does not allow would be closed to the nodes; ${failsafe}`,
        hint,
      }));
  },
  wanting: wantsOf,
};
