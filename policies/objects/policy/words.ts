/** What the analysis found, in words. */
import { type Analysis, type Cell, connectionsOf } from '../../../reachability/analysis/index.ts';
import {
  type Direction,
  objectNamed,
  type Query,
  type Resource,
  ruleNamed,
  type Step,
} from '../../../reachability/index.ts';

/** `pods of namespace a to pods of namespace b on tcp/80`. */
export function connectionText(analysis: Analysis, direction: Direction, cells: readonly Cell[]): string {
  const { from, to, ports } = connectionsOf(analysis.people, direction, cells);
  return `${from} to ${to} on ${ports}`;
}

/** `pods of namespace a reach pods of namespace b on tcp/80`. */
export function reachText(analysis: Analysis, direction: Direction, cells: readonly Cell[]): string {
  const { from, to, ports } = connectionsOf(analysis.people, direction, cells);
  return `${from} reach ${to} on ${ports}`;
}

/** `monitoring/prometheus -> production/my-app tcp/8080`. */
export function queryText({ src, dst, proto, port }: Query): string {
  return `${src} -> ${dst} ${proto}${port === undefined ? '' : `/${port}`}`;
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function listText(names: readonly string[], few = 3): string {
  const all = [...new Set(names)];
  const said = all.length <= few ? all : [...all.slice(0, few - 1), `${all.length - few + 1} more`];
  return said.length < 2 ? said.join('') : `${said.slice(0, -1).join(', ')} and ${said.at(-1)}`;
}

/** What decides, each once: `ingress[0] of NetworkPolicy a/b`, or the end of a tier. */
export function stepsText({ resources }: Analysis, direction: Direction, steps: readonly Step[]): string {
  return listText(steps.map((step) => stepText(resources, direction, step)));
}

function stepText(resources: readonly Resource[], direction: Direction, step: Step): string {
  if (step.kind === 'Profile') return 'the end of all tiers';
  if (step.index < 0) return `the end of tier ${step.tier}`;
  const field = ruleNamed(resources, direction, step)?.field;
  return `${field === undefined ? '' : `${field} of `}${objectNamed(step)}`;
}
