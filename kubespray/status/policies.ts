/** What of the declared policies is there. What stands in them is compared by `preview` and `refresh`, not here. */
import { type Cluster, policyObjects } from '../../cluster/index.ts';
import type { Named, PolicyStatus } from './types.ts';

export function policyStatus(cluster: Cluster, live: readonly Named[]): PolicyStatus {
  const declared = policyObjects(cluster);
  const there = new Set(live.map(keyOf));
  const meant = new Set(declared.map(keyOf));
  return {
    declared: declared.length,
    staged: declared.filter(({ kind }) => kind.startsWith('Staged')).length,
    missing: declared.filter((object) => !there.has(keyOf(object))).map(wordsOf),
    // Sets and tiers without a policy change nothing, and Calico makes tiers of its own.
    others: live.filter((object) => object.kind.endsWith('Policy') && !meant.has(keyOf(object))).map(wordsOf),
  };
}

/** Both APIs have a NetworkPolicy; whether one of Calico's is called with its tier `default` in front depends on the release. */
function keyOf({ apiVersion, kind, metadata: { name, namespace = '' } }: Named): string {
  const group = apiVersion.split('/')[0];
  const plain = group === 'projectcalico.org' ? name.replace(/^default\./, '') : name;
  return [group, kind, namespace, plain].join(' ');
}

/** As the stack's file names them; of both kinds that are called NetworkPolicy, Calico's is told so. */
function wordsOf({ apiVersion, kind, metadata: { name, namespace } }: Named): string {
  const calicos = apiVersion.startsWith('projectcalico.org') && kind === 'NetworkPolicy' ? "Calico's " : '';
  return `${calicos}${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
