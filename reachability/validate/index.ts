/**
 * What Calico v3.32.1 refuses of its own resources: what Go cannot read into their types, its validator (libcalico-go/lib/validator/v3) and
 * the rules of the CRDs. Kinds that are not Calico's pass: their own API server checks them.
 */
import { fields, groupOf, isFields, type Resource, text } from '../raw.ts';
import { bgpConfiguration, bgpFilter, bgpPeer } from './bgp.ts';
import type { Check } from './checks.ts';
import { ipamConfiguration, kubeControllersConfiguration } from './controllers.ts';
import { felixConfiguration } from './felix.ts';
import { hostEndpoint, ipPool, ipReservation, networkSet } from './network.ts';
import {
  globalNetworkPolicy,
  networkPolicy,
  profile,
  stagedGlobalNetworkPolicy,
  stagedKubernetesNetworkPolicy,
  stagedNetworkPolicy,
  tier,
} from './policies.ts';

const kinds: Readonly<Record<string, Check>> = {
  BGPConfiguration: bgpConfiguration,
  BGPFilter: bgpFilter,
  BGPPeer: bgpPeer,
  FelixConfiguration: felixConfiguration,
  GlobalNetworkPolicy: globalNetworkPolicy,
  GlobalNetworkSet: networkSet,
  HostEndpoint: hostEndpoint,
  IPAMConfiguration: ipamConfiguration,
  IPPool: ipPool,
  IPReservation: ipReservation,
  KubeControllersConfiguration: kubeControllersConfiguration,
  NetworkPolicy: networkPolicy,
  NetworkSet: networkSet,
  Profile: profile,
  StagedGlobalNetworkPolicy: stagedGlobalNetworkPolicy,
  StagedKubernetesNetworkPolicy: stagedKubernetesNetworkPolicy,
  StagedNetworkPolicy: stagedNetworkPolicy,
  Tier: tier,
};

export interface Validated {
  readonly kind: string;
  readonly name: string;
  /** Sentences, each with the path of the field; empty where Calico takes the resource. */
  readonly errors: readonly string[];
}

export function validateResource(value: unknown): Validated {
  const resource = fields(value);
  const kind = text(resource.kind);
  const name = text(fields(resource.metadata).name);
  if (!isFields(value) || kind === '') return { kind, name, errors: ['this is no resource: it has no kind'] };
  if (text(resource.apiVersion) === '') return { kind, name, errors: ['this is no resource: it has no apiVersion'] };
  const check = groupOf(value as Resource).endsWith('projectcalico.org') ? kinds[kind] : undefined;
  // Paths begin at the resource: `spec.ingress[0]`.
  const errors =
    check === undefined ? [] : check(value, '').map((error) => error.replaceAll(/(^|[ :])\.(?=[a-z])/g, '$1'));
  return { kind, name, errors };
}
