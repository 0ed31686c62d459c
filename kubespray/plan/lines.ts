import { inline } from '../../cluster/inline.ts';
import { list, record } from '../../cluster/raw.ts';
import type { Call, Difference, Plan, Step } from './types.ts';
import { named, nodes } from './words.ts';

/**
 * A plan as a person reads it, the same wherever it is shown: a line for each run, what it changes and what that does below.
 * None where there is nothing to do.
 */
export function planLines({ differences, steps }: Plan): string[] {
  const refused = differences.filter(({ step }) => step === undefined);
  return [
    ...table(refused).map((line) => `! ${line}  (no run can do that)`),
    ...steps.flatMap((step) =>
      stepLines(
        step,
        differences.filter((difference) => isOf(difference, step)),
      ),
    ),
  ];
}

/** Whether the step carries it out; those that leave have a step each. */
function isOf(difference: Difference, { kind, hosts, peers }: Step): boolean {
  if (difference.step !== kind) return false;
  if (kind === 'unpeer') return peers?.includes(difference.peer ?? '') ?? false;
  return !kind.startsWith('remove') || hosts.includes(difference.host ?? '');
}

function stepLines(step: Step, differences: readonly Difference[]): string[] {
  const [from, to] = step.minutes;
  const [sign, text] = headline(step, differences);
  return [
    `${sign} ${text} (about ${from} to ${to} min)`,
    ...(step.kind === 'migrate' ? step.calls.map((call, i) => `    ${i + 1}. ${callWords(call, step.hosts)}`) : []),
    ...table(differences.filter((difference) => !isSaid(difference, step))).map((line) => `    ${line}`),
    ...step.effects.map((effect) => `    ${effect}`),
  ];
}

/** What the first line has said already. */
function isSaid({ sign, path }: Difference, { kind }: Step): boolean {
  if (kind === 'migrate') return path === 'network.encapsulation';
  return (sign === '+' && kind === 'join') || kind.startsWith('remove') || kind === 'unpeer';
}

function headline(
  { kind, hosts, peers = [], calls, reason }: Step,
  differences: readonly Difference[],
): readonly [sign: '+' | '-' | '~', text: string] {
  const [who, way] = [named(hosts), calls.map((call) => callWords(call, hosts)).join(', then ')];
  const join = hosts.length === 1 ? 'joins' : 'join';
  switch (kind) {
    case 'build':
      return ['+', `cluster.yml builds the cluster on ${nodes(hosts.length)}, since nothing was carried out yet`];
    case 'join':
      return ['+', `${who} ${join}: ${way}; the others are not touched`];
    case 'join-control-plane':
      return ['+', `${who} ${join} the control plane, last in the order: ${way} on every node`];
    case 'join-etcd':
      return ['+', `${who} ${join} etcd${alsoControlPlane(differences)}, last in the order: ${way}`];
    case 'remove':
      return ['-', `${who} is drained and removed: ${way}`];
    case 'remove-dead':
      return ['-', `${who} is removed without being asked, as kubespray.removeDead says: ${way}`];
    case 'unpeer':
      return ['-', `the BGP peer ${named(peers)} is deleted, which kubespray would leave: calicoctl.sh delete bgppeer`];
    case 'upgrade':
      return ['~', `${reason.replace(/\.$/, '')}: ${way}, one of ${nodes(hosts.length)} at a time`];
    case 'migrate':
      return ['~', `${reason.charAt(0).toLowerCase()}${reason.slice(1, -1)}`];
    case 'calico':
      return [
        '~',
        `Calico changes on ${nodes(hosts.length)}: check part and network part of cluster.yml, not the whole of it`,
      ];
    case 'converge':
      return ['~', `the whole of cluster.yml runs on ${nodes(hosts.length)}`];
    case 'label':
      return ['~', `labels and taints change: ${way}`];
    case 'reset':
      return ['-', `the cluster is taken apart on ${nodes(hosts.length)}: ${way}`];
  }
}

function alsoControlPlane(differences: readonly Difference[]): string {
  const joining = differences.some(
    ({ sign, after }) => sign === '+' && list(record(after).roles).includes('control-plane'),
  );
  return joining ? ' and the control plane' : '';
}

/** One call as one would type it, without what is always there: `scale.yml --limit homelab`. */
export function callWords(call: Call, hosts: readonly string[]): string {
  if ('command' in call) return call.name;
  const { playbook, tags, limit, extraVars = {} } = call;
  const shown = ['node', 'serial', 'reset_nodes', 'allow_ungraceful_removal'].filter((name) =>
    Object.hasOwn(extraVars, name),
  );
  return [
    playbook.replace(/^playbooks\//, ''),
    ...(tags === undefined ? [] : [`--tags ${tags.join(',')}`]),
    ...(limit === undefined ? [] : [`--limit ${limit === 'new' ? listed(hosts) : limit}`]),
    ...shown.map((name) => `-e ${name}=${String(extraVars[name]).replace('{node}', () => listed(hosts))}`),
  ].join(' ');
}

function listed(hosts: readonly string[]): string {
  return hosts.length > 6 ? `${hosts.slice(0, 5).join(',')},…` : hosts.join(',');
}

/** Differences below each other: `~ network.mtu  1440 → 1400`. */
function table(differences: readonly Difference[]): string[] {
  const shown = differences.length > MOST ? differences.slice(0, MOST) : differences;
  const width = Math.max(0, ...shown.map(({ path }) => path.length));
  return [
    ...shown.map((one) => `${one.sign} ${one.path.padEnd(width)}  ${values(one)}`.trimEnd()),
    ...(shown.length < differences.length ? [`… and ${differences.length - shown.length} more`] : []),
  ];
}

/** Nobody reads further. */
const MOST = 20;

function values({ sign, before, after }: Difference): string {
  if (sign === '+') return value(after);
  return sign === '-' ? value(before) : `${value(before)} → ${value(after)}`;
}

function value(one: unknown): string {
  const text = one === undefined ? 'unsaid' : inline(one);
  return text.length > WIDEST ? `${text.slice(0, WIDEST)}…` : text;
}

const WIDEST = 80;
