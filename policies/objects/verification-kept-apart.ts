import type { CheckGroup, Expectation, ExpectedEnd, ExpectedPorts } from '../../cluster/types.ts';
import { judgeExpectations } from '../../reachability/expect/index.ts';
import type { Failure } from '../../reachability/expect/types.ts';
import type { Resource } from '../../reachability/index.ts';
import { isPolicy } from './policy/kinds.ts';
import type { ObjectRule } from './rule.ts';
import { worldIn, worldWants } from './world.ts';

/** What a verification makes (components/remote/verify/world.py); the name ends in digits that nobody knows before. */
const NAMESPACE = 'calispray-verify';
const MANAGED = { 'app.kubernetes.io/managed-by': NAMESPACE };

const own: ExpectedEnd = { kind: 'pods', namespace: NAMESPACE };
const port = (proto: 'tcp' | 'udp', number: number): ExpectedPorts => ({ proto, first: number, last: number });
/** Where its pods serve. */
const served = [port('tcp', 18080), port('udp', 18080)];

/** What the checks of a group need, and how a person calls it. */
const needs: readonly {
  readonly groups: readonly CheckGroup[];
  readonly to: ExpectedEnd;
  readonly ports: readonly ExpectedPorts[];
}[] = [
  { groups: ['pods-same-node', 'pods-across-nodes', 'service'], to: own, ports: [{ proto: 'icmp' }, ...served] },
  { groups: ['dns-udp'], to: { kind: 'dns' }, ports: [port('udp', 53)] },
  { groups: ['dns-tcp'], to: { kind: 'dns' }, ports: [port('tcp', 53)] },
  { groups: ['outside'], to: { kind: 'other-nodes' }, ports: [{ proto: 'icmp' }] },
];

export const verificationKeptApart: ObjectRule = {
  code: 'verification-kept-apart',
  title: 'No policy keeps the pods of the verification from what they prove',
  class: 'harmful',
  description:
    'A verification has pods in namespaces of its own, `calispray-verify-…`. A policy that holds for every namespace holds for them: where it keeps them from each other, from the cluster’s DNS or from nodes, the `up` that made the cluster as it is declared ends as failed.',
  reference: '',
  concerns: isPolicy,
  fields: [],
  variables: [],
  judge(declared) {
    const acted = worldIn(declared);
    const verifies = acted?.declared.verifies ?? [];
    if (acted === undefined || verifies.length === 0) return [];
    const { calico, urn } = acted.declared;
    const asked = needs.flatMap(({ groups, to, ports }) => {
      const called = groups.filter((group) => verifies.includes(group));
      return called.length === 0 ? [] : [{ called, expectation: expected(to, ports, called[0] as CheckGroup) }];
    });
    const failures = judgeExpectations(
      [...acted.resources, ...made],
      asked.map(({ expectation }) => expectation),
      { mend: false, ...(calico === undefined ? {} : { calico }) },
    );
    return failures.flatMap((failure) => {
      const { called } = asked.find(({ expectation }) => expectation === failure.expectation) ?? { called: [] };
      // Without a connection there is nothing to ask: a cluster without DNS of its own.
      if (failure.verdict === undefined) return [];
      return [{ urn, path: 'verify', message: saidOf(failure, called), hint: hintOf(called) }];
    });
  },
  wanting: (declared) => ((declared.worlds[0]?.verifies ?? []).length === 0 ? [] : worldWants(declared)),
};

const made: readonly Resource[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: MANAGED } },
  ...['pod-0', 'pod-1'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE, labels: { ...MANAGED, 'calispray.dev/pod': name } },
    spec: { containers: [{ name: 'pause' }] },
  })),
];

function expected(to: ExpectedEnd, ports: readonly ExpectedPorts[], group: CheckGroup): Expectation {
  return { verdict: 'allow', from: own, to, ports, path: `verify/${group}` };
}

function saidOf({ words, decidedBy }: Failure, groups: readonly CheckGroup[]): string {
  return `the verification after \`up\` will fail in ${groups.join(', ')}: ${words} is denied: ${decidedBy}`;
}

function hintOf(groups: readonly CheckGroup[]): string {
  return `Leave its namespaces out of the policy, by namespaceSelector: app.kubernetes.io/managed-by != '${NAMESPACE}', or call the checks optional: verify.optional: [${groups.join(', ')}].`;
}
