import { readFileSync } from 'node:fs';
import type { VerifyPlan } from '../../../kubespray/verify/types.ts';
import { quote } from '../index.ts';
import { probes } from '../probes/index.ts';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

/** In the order in which they are needed by each other. */
const onController = ['nodes', 'api', 'world', 'outcome', 'cluster', 'routing', 'traffic', 'policy', 'verify'];
const onNodes = ['nodeside', 'agent'];

type Module = readonly [name: string, text: string];
const modules = (names: readonly string[]): Module[] => names.map((name) => [name, read(`${name}.py`)]);

/** Carries a verification out, on the controller; takes `verifyInput` on standard input. What it prints and how it ends: README.md. */
export const verifyCommand = (): string => `python3 -c ${quote(read('bootstrap.py'))}`;

/** All that `verifyCommand` is told, the programs included: one line of JSON. Nothing secret is in it. */
export function verifyInput(plan: VerifyPlan): string {
  const agent: Module[] = [['probes', probes()], ...modules(onNodes)];
  const given = { main: 'verify', bootstrap: read('bootstrap.py'), files: modules(onController), agent, plan };
  return `${JSON.stringify(given)}\n`;
}
