/** Troubles with policies: what the rules over objects have against those that the API has, one trouble a rule. */
import { originsOf } from '../../../cluster/declared.ts';
import { declaredBy as declaredByStack } from '../../../policies/objects/declared.ts';
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
      const found = rule.judge(declared);
      if (found.length === 0) return [];
      const both = { live: declared, stack: declaredByStack(subject.cluster, subjectOf(subject.cluster)) };
      return found.map((one) => diagnosis(subject, both, rule, code, one));
    },
  };
}

/** Nobody is matched by a selector where nobody's labels are known. */
function labelsAreKnown(subject: Subject): boolean {
  return apiOf(subject)?.addresses.every(({ labels }) => labels !== undefined) ?? false;
}

function diagnosis(
  subject: Subject,
  { live, stack }: { readonly live: Declared; readonly stack: Declared },
  rule: ObjectRule,
  code: string,
  found: ObjectFinding,
): Diagnosis {
  const object = live.objects.find(({ urn }) => urn === found.urn);
  const { path, message, hint, reference } = findingFrom(rule, found, live);
  const isDeclared = rule === expectation || (object !== undefined && path !== found.path);
  // Where the stack says it otherwise, somebody changed it in the cluster: it is right to write it again.
  const isOfStack = isDeclared && rule.judge(stack).some((one) => one.urn === found.urn && one.path === found.path);
  const name = object === undefined ? 'the policies' : nameOf(object);
  const edit = object === undefined ? [] : [{ on: controlPlane(subject), command: editing(object) }];
  const again = { on: 'the workstation', command: 'calispray refresh --stack NAME; calispray up --stack NAME' };
  return {
    code,
    severity: rule.class === 'advice' ? 'risk' : 'failing',
    message,
    nodes: [],
    evidence: [
      `API: ${name}${object === undefined || found.path === '' ? '' : ` at ${found.path}`}`,
      ...(rule === expectation ? [`stack: ${found.path}`] : []),
      ...(isDeclared && !isOfStack ? ['the stack itself has it right: it was changed in the cluster'] : []),
    ],
    why: rule.description,
    mend: isOfStack
      ? [up]
      : [...(rule === expectation ? [] : [{ on: name, command: hint }]), ...(isDeclared ? [again] : edit)],
    ...(isOfStack ? { stack: { path, to: hint } } : {}),
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
