/** Troubles with policies: what the rules over objects have against those that the API has, one trouble a rule. */
import { originsOf } from '../../../cluster/declared.ts';
import { expectation } from '../../../policies/objects/expectation.ts';
import { findingFrom } from '../../../policies/objects/finding.ts';
import { clusterIpInRule } from '../../../policies/objects/policy/cluster-ip-in-rule.ts';
import { dnsForgotten } from '../../../policies/objects/policy/dns-forgotten.ts';
import { hitsHostEndpoints } from '../../../policies/objects/policy/hits-host-endpoints.ts';
import { namespaceLabelMissing } from '../../../policies/objects/policy/namespace-label-missing.ts';
import { orderTie } from '../../../policies/objects/policy/order-tie.ts';
import { policyCancelled } from '../../../policies/objects/policy/policy-cancelled.ts';
import { ruleOverruled } from '../../../policies/objects/policy/rule-overruled.ts';
import { selectorMatchesNothing } from '../../../policies/objects/policy/selector-matches-nothing.ts';
import type { Declared, KubernetesObject, ObjectFinding, ObjectRule } from '../../../policies/objects/rule.ts';
import { nameOf } from '../../../policies/objects/world.ts';
import type { Resource } from '../../../reachability/index.ts';
import { subjectOf } from '../../subject.ts';
import { liveWorld } from '../live-world.ts';
import { up } from '../mend.ts';
import { apiOf, controlPlane } from '../seen.ts';
import type { Subject } from '../subject.ts';
import type { Diagnosis, Trouble } from '../types.ts';

/**
 * DNS first: it is what is noticed first. Left out are rules that the API itself sees to (types are filled in there), and those for which
 * pods on the host network would have to be known.
 */
export const policyTroubles: readonly Trouble[] = [
  troubleOf('policy-dns-node-local', 'Policies for names forget the node-local cache', dnsForgotten),
  ...[expectation, policyCancelled, ruleOverruled, orderTie, namespaceLabelMissing, clusterIpInRule].map(named),
  ...[hitsHostEndpoints, selectorMatchesNothing].map(named),
];

function named(rule: ObjectRule): Trouble {
  return troubleOf(rule.code.startsWith('policy-') ? rule.code : `policy-${rule.code}`, rule.title, rule);
}

function troubleOf(code: string, title: string, rule: ObjectRule): Trouble {
  return {
    code,
    title,
    judge(subject) {
      const declared = declaredBy(subject);
      if (declared === undefined || (rule === selectorMatchesNothing && !labelsAreKnown(subject))) return [];
      const readable = declared.objects.filter((object) => rule.concerns?.(object) !== false);
      if (readable.length === 0 && rule !== expectation) return [];
      return rule.judge(declared).map((found) => diagnosis(subject, declared, rule, code, found));
    },
  };
}

/** Nobody is matched by a selector where nobody's labels are known. */
function labelsAreKnown(subject: Subject): boolean {
  return apiOf(subject)?.addresses.every(({ labels }) => labels !== undefined) ?? false;
}

function diagnosis(
  subject: Subject,
  declared: Declared,
  rule: ObjectRule,
  code: string,
  found: ObjectFinding,
): Diagnosis {
  const object = declared.objects.find(({ urn }) => urn === found.urn);
  const { path, message, hint, reference } = findingFrom(rule, found, declared);
  const isDeclared = rule === expectation || (object !== undefined && path !== found.path);
  const subjectName = object === undefined ? 'the policies' : nameOf(object);
  return {
    code,
    severity: rule.class === 'advice' ? 'risk' : 'failing',
    message,
    nodes: [],
    evidence: [
      `API: ${subjectName}${object === undefined || found.path === '' ? '' : ` at ${found.path}`}`,
      ...(rule === expectation ? [`stack: ${found.path}`] : []),
    ],
    why: rule.description,
    mend: isDeclared
      ? [{ on: 'the workstation', command: 'calispray reach explain FROM TO PORT --stack NAME --live' }, up]
      : [
          { on: subjectName, command: hint },
          ...(object === undefined ? [] : [{ on: controlPlane(subject), command: editing(object) }]),
        ],
    ...(isDeclared ? { stack: { path, to: hint } } : {}),
    explains: [],
    ...(reference === undefined ? {} : { reference }),
  };
}

/** Calico's own kinds go by calicoctl: kubectl knows them only where Calico's API server runs. */
function editing({ apiVersion, kind, name, namespace }: KubernetesObject): string {
  const calico = apiVersion.startsWith('projectcalico.org/');
  const space = /^(Global|Cluster|Admin|Baseline|Tier)/.test(kind) ? '' : ` -n ${namespace}`;
  if (!calico) return `sudo kubectl edit ${kind.toLowerCase()} ${name}${space}`;
  return `sudo calicoctl.sh get ${kind.toLowerCase()} ${name}${space} -o yaml > /root/${name}.yaml # then, changed: sudo calicoctl.sh apply -f /root/${name}.yaml`;
}

const made = new WeakMap<object, Declared | undefined>();

/** Made once for each evidence: building the world is what takes long. Undefined where no policy is there, or nobody knows. */
function declaredBy(subject: Subject): Declared | undefined {
  if (!made.has(subject.evidence)) made.set(subject.evidence, build(subject));
  return made.get(subject.evidence);
}

function build(subject: Subject): Declared | undefined {
  const live = liveWorld(subject);
  if (live === undefined) return undefined;
  const { cluster } = subject;
  if (live.policies.length === 0 && cluster.expect.length === 0) return undefined;
  return {
    inventories: [{ urn: '', subject: subjectOf(cluster) }],
    objects: live.policies.map(objectOf),
    worlds: [
      {
        urn: '',
        ...(live.calico === undefined ? {} : { calico: live.calico }),
        resources: live.resources,
        expect: cluster.expect,
        origins: originsOf(cluster),
      },
    ],
  };
}

function objectOf({ apiVersion, kind, metadata, spec }: Resource): KubernetesObject {
  const { name, namespace = 'default', labels = {} } = metadata;
  const object = { kind, name, namespace };
  return {
    urn: nameOf(object),
    apiVersion,
    ...object,
    labels: { ...labels },
    spec: { ...(spec as object) },
    unknown: [],
  };
}
