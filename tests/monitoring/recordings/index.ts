/**
 * What the programs answer a scrape, minute by minute: an exposition of each, and how its series move. An hour of health, an hour of trouble,
 * most of it on one node, and then silence.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodes } from '../../../lab/topology.ts';
import { motionOf } from './motions.ts';

/** The second at which the expositions were taken, and a history begins; divisible by two hours, as blocks of Prometheus are. */
export const TAKEN = Date.UTC(2025, 0, 1) / 1000;
/** Minutes from then. */
export const TROUBLE = 60;
export const SILENCE = 120;
export const END = 125;

export type Program = 'felix' | 'typha' | 'kube-controllers' | 'bird' | 'kube-state-metrics';

export interface Sample {
  /** Name with labels, as an exposition has it. */
  readonly series: string;
  readonly name: string;
  readonly type: string;
  readonly value: number;
}

/** As taken on that node. */
export function recording(program: Program, node: string): Sample[] {
  const [first, second] = nodes.filter(({ name }) => name !== node).map(({ address }) => address);
  if (first === undefined || second === undefined) throw new Error('a recording is of three nodes');
  const text = readFileSync(join(import.meta.dirname, `${program}.prom`), 'utf8')
    .replaceAll('PEER_A_NAME', first.replaceAll('.', '_'))
    .replaceAll('PEER_B_NAME', second.replaceAll('.', '_'))
    .replaceAll('PEER_A', first)
    .replaceAll('PEER_B', second)
    .replaceAll('NODE', node);
  return parse(text);
}

function parse(text: string): Sample[] {
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));
  return [...text.matchAll(/^([a-z_]+)(\{[^}]*\})? (\S+)$/gm)].map(([, name = '', labels = '', value]) => {
    const type = types.get(name) ?? types.get(name.replace(/_(sum|count)$/, ''));
    if (type === undefined) throw new Error(`${name} has no type`);
    return { series: `${name}${labels}`, name, type, value: Number(value) };
  });
}

/** What it is `minutes` later; undefined where it is not there then. */
export function valueAt(sample: Sample, node: string, minutes: number): number | undefined {
  const { series, value } = sample;
  const motion = motionOf(sample);
  const trouble = Math.min(Math.max(minutes - TROUBLE, 0), SILENCE - TROUBLE);
  return motion({ series, value, node, minutes, trouble });
}

/** The whole exposition; types come before the first series of their name, as Prometheus wants them. */
export function expositionAt(samples: readonly Sample[], node: string, minutes: number): string {
  let family = '';
  const lines = samples.flatMap((sample) => {
    const value = valueAt(sample, node, minutes);
    if (value === undefined) return [];
    const own = sample.type === 'summary' ? sample.name.replace(/_(sum|count)$/, '') : sample.name;
    const type = own === family ? [] : [`# TYPE ${own} ${sample.type}`];
    family = own;
    return [...type, `${sample.series} ${value}`];
  });
  return `${lines.join('\n')}\n`;
}
