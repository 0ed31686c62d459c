/** Rules about policies themselves: what they do to each other, and whom they mean. */
import type { ObjectRule } from '../rule.ts';
import { adminPolicyUnenforced } from './admin-policy-unenforced.ts';
import { clusterIpInRule } from './cluster-ip-in-rule.ts';
import { dnsForgotten } from './dns-forgotten.ts';
import { hitsHostEndpoints } from './hits-host-endpoints.ts';
import { mayHitHostEndpoints } from './may-hit-host-endpoints.ts';
import { namespaceLabelMissing } from './namespace-label-missing.ts';
import { networkSetLikePods } from './network-set-like-pods.ts';
import { notSelectorAlone } from './not-selector-alone.ts';
import { orderTie } from './order-tie.ts';
import { policyCancelled } from './policy-cancelled.ts';
import { prometheusOnHostNetwork } from './prometheus-on-host-network.ts';
import { ruleOverruled } from './rule-overruled.ts';
import { ruleRedundant } from './rule-redundant.ts';
import { ruleShadowed } from './rule-shadowed.ts';
import { selectorMatchesNothing } from './selector-matches-nothing.ts';

export const policyRules: readonly ObjectRule[] = [
  policyCancelled,
  ruleOverruled,
  orderTie,
  namespaceLabelMissing,
  clusterIpInRule,
  dnsForgotten,
  prometheusOnHostNetwork,
  hitsHostEndpoints,
  adminPolicyUnenforced,
  ruleShadowed,
  ruleRedundant,
  selectorMatchesNothing,
  mayHitHostEndpoints,
  notSelectorAlone,
  networkSetLikePods,
];
