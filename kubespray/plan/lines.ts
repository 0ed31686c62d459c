import { inline } from '../../cluster/inline.ts';
import type { Call, Difference, Plan, Step } from './types.ts';

/** A plan as a person reads it; nothing where there is nothing to do. */
export function planLines({ differences, steps }: Plan): string[] {
  const refused = differences.filter(({ step }) => step === undefined);
  return [
    ...aligned(refused).map((line) => `! refused: ${line}`),
    ...steps.flatMap((step) =>
      stepLines(
        step,
        differences.filter((difference) => difference.step === step.kind),
      ),
    ),
  ];
}

function stepLines(step: Step, differences: readonly Difference[]): string[] {
  return [
    `${headline(step)} (${aboutMinutes(step.minutes)})`,
    ...aligned(differences).map((line) => `    ${line}`),
    ...step.effects.map((effect) => `    ${effect}`),
  ];
}

function headline({ kind, hosts, calls, peers = [] }: Step): string {
  return `~ ${kind} ${[...hosts, ...peers].join(', ')}: ${calls.map((call) => callWords(call, hosts)).join(', then ')}`;
}

/** `scale.yml --limit homelab`. */
export function callWords(call: Call, hosts: readonly string[]): string {
  if ('command' in call) return call.name;
  const { playbook, tags, limit } = call;
  return [
    playbook.replace(/^playbooks\//, ''),
    ...(tags === undefined ? [] : [`--tags ${tags.join(',')}`]),
    ...(limit === undefined ? [] : [`--limit ${limit === 'new' ? hosts.join(',') : limit}`]),
  ].join(' ');
}

function aboutMinutes([from, to]: readonly [number, number]): string {
  return `about ${from} to ${to} min`;
}

function aligned(differences: readonly Difference[]): string[] {
  const width = Math.max(0, ...differences.map(({ path }) => path.length));
  return differences.map(({ path, before, after }) => `${path.padEnd(width)}  ${value(before)} → ${value(after)}`);
}

function value(one: unknown): string {
  return one === undefined ? '(none)' : inline(one);
}
