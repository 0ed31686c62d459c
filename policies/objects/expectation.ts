import type { Expectation } from '../../cluster/types.ts';
import { judgeExpectations } from '../../reachability/expect/index.ts';
import type { Failure, Mend } from '../../reachability/expect/types.ts';
import {
  type Resource,
  type Side,
  type Step,
  stagedIn,
  type Verdict,
  withStagedEnforced,
} from '../../reachability/index.ts';
import { isWritten, originOf } from './origin.ts';
import type { DeclaredWorld, KubernetesObject, ObjectFinding, ObjectRule, ObjectWant } from './rule.ts';
import { inputWants, isGlobal, worldIn, worldWants } from './world.ts';
import { yamlLines } from './yaml.ts';

/** Lines of a policy that are printed; a longer one is told in the summary alone. */
const LONGEST = 60;

export const expectation: ObjectRule = {
  code: 'expectation',
  title: 'Who must reach whom does, and who must not does not',
  class: 'harmful',
  description:
    'What `expect` of the stack says holds under all policies that are declared, those of other programs in the same stack among them: judged as Calico decides, for every pod that is declared and for one that somebody may start tomorrow.',
  reference: '',
  concerns: () => true,
  fields: [],
  variables: [],
  judge(declared) {
    const acted = worldIn(declared);
    if (acted === undefined) return [];
    const { resources, declared: world } = acted;
    const options = world.calico === undefined ? {} : { calico: world.calico };
    const judged = world.expect.filter((each) => !isOpen(each, world));
    const judge = (of: readonly Resource[]) => judgeExpectations(of, judged, options);
    const failures = judge(resources);
    const staged = failures.length > 0 && stagedIn(resources).length > 0;
    const left = new Set((staged ? judge(withStagedEnforced(resources)) : failures).map(pathOf));
    return failures.map((failure) => {
      if (left.has(pathOf(failure))) return findingOf(failure, world);
      const { mend: _, ...unmended } = failure;
      return { ...findingOf(unmended, world), hint: ENFORCE };
    });
  },
  wanting(declared): ObjectWant[] {
    const [world] = declared.worlds;
    if (world === undefined) return [];
    const own = inputWants(world, ofExpect);
    if (world.expect.length === 0) return own;
    const open = world.expect.filter((each) => isOpen(each, world)).map(({ path }) => path);
    const why = `${open.join(', ')} speaks of others, and not every expectation is known`;
    return [
      ...worldWants(declared),
      ...own,
      ...(open.length === 0 ? [] : [{ urn: world.urn, path: open[0] ?? '', why }]),
      ...declared.objects.filter(isRelease).map(({ urn }) => ({ urn, path: '', why: IN_RELEASE, hint: ASK_LATER })),
    ];
  },
};

/** A change that does the same beside them would be in their way. */
const ENFORCE =
  'It holds once the staged policies are enforced: take them out of policies.staged, or leave the expectation out until then.';

function pathOf({ expectation: { path } }: Failure): string {
  return path;
}

/** Helm takes it apart where it is installed; the rest of the world is judged all the same. */
function isRelease({ urn }: KubernetesObject): boolean {
  return (urn.split('::')[2] ?? '').endsWith('kubernetes:helm.sh/v3:Release');
}

const IN_RELEASE = 'what this Helm release installs is not seen before it is installed';
const ASK_LATER = 'Ask the cluster once it is there: calispray reach --live.';

/** Others are all but those that the expectations allow: nobody knows who they are where one of these is not known. */
function isOpen({ from }: Expectation, world: DeclaredWorld): boolean {
  return from.kind === 'others' && inputWants(world, ofExpect).length > 0;
}

function ofExpect(path: string): boolean {
  return /^expect\b/.test(path);
}

function findingOf(failure: Failure, world: DeclaredWorld): ObjectFinding {
  const { expectation, contradicts, mend } = failure;
  return {
    urn: world.urn,
    path: expectation.path,
    message: [said(failure, world), ...(contradicts === undefined ? [] : [`${contradicts} wants the opposite`])].join(
      '; ',
    ),
    hint:
      mend === undefined
        ? contradicts === undefined
          ? withoutMend(failure)
          : 'Take one of the two back.'
        : changesOf(mend)
            .flatMap((change) => [sentence(change.summary), ...whereToMend(change, world)])
            .join(' '),
    ...(mend === undefined ? {} : shown(mend)),
  };
}

function withoutMend({ verdict }: Failure): string {
  if (verdict === undefined)
    return 'Say it of those that there are, or declare them: policies.namespaceLabels, workloads.';
  return [verdict.egress, verdict.ingress].every((side) => side.verdict === 'unpoliced')
    ? 'No policy for pods can mend it: expect it of pods alone, {} for any; nodes are policed by a HostEndpoint and a GlobalNetworkPolicy.'
    : 'No one change of one policy mends it: change the policies, or what is expected.';
}

/** What was found, what it should be, and who decides it. */
function said({ expectation, words, verdict, decidedBy, further }: Failure, world: DeclaredWorld): string {
  if (verdict === undefined) return words;
  const is = { allow: 'allowed', deny: 'denied', depends: 'not decided' }[verdict.verdict];
  const must = { allow: 'allowed', deny: 'denied' }[expectation.verdict];
  const origins = [...new Set(stepsOf(verdict).flatMap((step) => originOfStep(step, world) ?? []))];
  const where = origins.length === 0 ? '' : ` (${origins.join(', ')})`;
  return `${words} must be ${must} and is ${is}: ${decidedBy}${where}${further === '' ? '' : `; ${further}`}`;
}

/** Where the change goes, of a stack file; a policy that one of its lines makes is written out to be changed. */
function whereToMend({ does, object: { kind, metadata } }: Mend, world: DeclaredWorld): string[] {
  const { name, namespace = 'default' } = metadata;
  const origin = originOf({ kind, name, namespace }, [world]);
  if (origin !== undefined) {
    const written = isWritten(origin) || does === 'remove';
    return [written ? `It is ${origin}.` : `${origin} makes it: leave that out, and put this into policies.extra.`];
  }
  return does === 'add' && Object.keys(world.origins).length > 0
    ? ['It goes into policies.extra, or into a manifest.']
    : [];
}

function changesOf(mend: Mend): Mend[] {
  return mend.and === undefined ? [mend] : [mend, ...changesOf(mend.and)];
}

/** The steps that made the verdict: of a denial that of the side which denies. */
function stepsOf({ verdict, egress, ingress }: Verdict): Step[] {
  const sides: readonly Side[] =
    verdict === 'deny' ? [egress, ingress].filter((side) => side.verdict === 'deny').slice(0, 1) : [egress, ingress];
  return sides.flatMap(({ trace }) => trace.slice(-1));
}

function originOfStep({ kind, policy }: Step, world: DeclaredWorld): string | undefined {
  const [namespace, name] = policy.includes('/') ? (policy.split('/', 2) as [string, string]) : ['default', policy];
  return originOf({ kind: kind === 'KubernetesNetworkPolicy' ? 'NetworkPolicy' : kind, name, namespace }, [world]);
}

/** The policies as they would be then; what is removed needs no showing. */
function shown(mend: Mend): { mend?: string } {
  const documents = changesOf(mend)
    .filter(({ does }) => does !== 'remove')
    .map(({ object }) => yamlLines(withoutDefaults(object)).join('\n'));
  const text = documents.join('\n---\n');
  return text === '' || text.split('\n').length > LONGEST ? {} : { mend: text };
}

/** What somebody would write: no namespace for what has none, no labels where there are none. */
function withoutDefaults({ apiVersion, kind, metadata, ...rest }: Resource): Record<string, unknown> {
  const { name, namespace, labels } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined || isGlobal(kind) ? {} : { namespace }),
      ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }),
    },
    ...rest,
  };
}

function sentence(text: string): string {
  const whole = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return whole.endsWith('.') || whole.endsWith(':') ? whole : `${whole}.`;
}
