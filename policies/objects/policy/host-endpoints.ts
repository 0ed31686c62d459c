/** What the two rules about host endpoints have in common: a GlobalNetworkPolicy is for them too, unless it says that it is for pods. */
import { meansHosts } from '../../../reachability/analysis/hosts.ts';
import { matches } from '../../../reachability/index.ts';
import type { Declared, KubernetesObject } from '../rule.ts';
import { type Acting, actingIn } from './acting.ts';
import { isGlobalPolicy } from './kinds.ts';
import { nodeOf } from './labels.ts';

export const reference =
  'Calico v3.32.1 libcalico-go/lib/backend/syncersv1/updateprocessors/globalnetworkpolicyprocessor.go:62-73, felix/config/config_params.go:425';

export const failsafe = 'ssh, the API server, etcd and BGP stay open (failsafe ports), the kubelet’s 10250 does not';

export const hint =
  'Write namespaceSelector: all(), which means pods alone; or doNotTrack, preDNAT or applyOnForward where hosts are meant.';

export interface Hitting {
  readonly object: KubernetesObject;
  /** Host endpoints of the world that it is for. */
  readonly hit: readonly string[];
  /** Whether it would be for one without any label of somebody's own, as Calico makes them of nodes. */
  readonly any: boolean;
}

export function hittingIn(declared: Declared): Hitting[] {
  const acting = actingIn(declared);
  if (acting === undefined) return [];
  return declared.objects.filter(meansPods).map((object) => {
    const selector = typeof object.spec.selector === 'string' ? object.spec.selector : '';
    const node = nodeOf(selector);
    const automatic = new Map([['projectcalico.org/created-by', 'calico-kube-controllers']]);
    return {
      object,
      hit: node === undefined || meansHosts(acting.analysis.base, node) ? [] : hostsOf(acting, selector),
      any: node !== undefined && matches(node, automatic),
    };
  });
}

/** Who writes of hosts on purpose says so, or selects what hosts alone carry. */
function meansPods(object: KubernetesObject): boolean {
  const { namespaceSelector, serviceAccountSelector, ...spec } = object.spec;
  const written = [namespaceSelector, serviceAccountSelector].some((one) => typeof one === 'string' && one !== '');
  const hosts = spec.doNotTrack === true || spec.preDNAT === true || spec.applyOnForward === true;
  return isGlobalPolicy(object) && !written && !hosts;
}

function hostsOf({ analysis: { base } }: Acting, selector: string): string[] {
  const node = nodeOf(selector);
  return [...base.universe.located.values()]
    .filter(({ endpoint: { kind, labels } }) => kind === 'host' && node !== undefined && matches(node, labels))
    .map(({ endpoint: { id } }) => id.slice(id.indexOf('/') + 1));
}
