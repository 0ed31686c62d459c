/** What the analysis found, in words. */
import { type Cell, type Connections, connectionsOf, type Ground } from '../../../reachability/analysis/index.ts';
import { objectNamed, type Query, type Step } from '../../../reachability/index.ts';

/** `pods of namespace a to pods of namespace b on tcp/80`. */
export function connectionText(direction: Ground['direction'], cells: readonly Cell[]): string {
  const { from, to, ports }: Connections = connectionsOf(direction, cells);
  return `${from} to ${to} on ${ports}`;
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

/** What decides, each once: `rule 0 of NetworkPolicy a/b`, or the end of a tier. */
export function stepsText(steps: readonly Step[]): string {
  return listText(steps.map(stepText));
}

function stepText(step: Step): string {
  if (step.kind === 'Profile') return `the end of all tiers`;
  return step.index < 0 ? `the end of tier ${step.tier}` : objectNamed(step);
}

export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
