/** Changes of our own resources, of which the plan says the same in the words of the stack file: what is left to show of them. */
import { isRecord } from '../../cluster/raw.ts';
import type { PropertyChange } from './diff.ts';
import type { Change, Journal } from './journal.ts';
import { typesOf } from './label.ts';

/** The component whose inputs are the plan. It is read, and shown as lines of its own. */
export const PLAN = 'calispray:kubespray:Plan';

const COMMAND = 'command:remote:Command';
const INVENTORY = 'calispray:kubespray:Inventory';
/** Makes nothing; a change of it is one of the stack file's, and the rules say what comes of it. */
const WORLD = 'calispray:reachability:World';
const BUILD = 'calispray:kubespray:Build';
/** Components whose commands read once more after everything else: a digest of the facts is what they get. */
const readers = ['calispray:kubespray:Kubeconfig', 'calispray:kubernetes:ApiGate'];
/** Proves what the rest carried out; made anew each time, and nothing of the cluster is. */
const VERIFICATION = 'calispray:verify:Verification';
/** Components whose commands take on standard input what the plan says, or a digest of it. */
const carryOut = [BUILD, ...readers];

/** Whether nothing of it changes but how its host is reached. */
export function onlyConnection(change: Change): boolean {
  return change.act === 'update' && change.properties.length > 0 && change.properties.every(isConnection);
}

/** Lines for what differs only in the connection: one a node, since what it leads to is the same for all its commands. */
export function connectionLines(journal: Journal): string[] {
  const moved = journal.changed().filter((change) => change.act === 'update' && change.properties.some(isConnection));
  if (moved.length === 0) return [];
  const nodes = moved.flatMap((change) => journal.nodeOf(change) ?? []);
  const whose = nodes.length === 0 ? `${moved.length} commands` : nodes.join(', ');
  return [`  ~ connection of ${whose}: nothing runs on the nodes but a check`];
}

/** Whether it only reads again what the rest may have changed: the record, the kubeconfig, what the API serves, whether it all works. */
export function onlyReads({ act, type, urn, properties }: Change): boolean {
  const parent = typesOf(urn).at(-2) ?? '';
  if (act === 'replace' && type === COMMAND && parent === VERIFICATION) return true;
  const reads = parent === BUILD ? /-record$/.test(urn) : readers.includes(parent);
  return act === 'update' && type === COMMAND && reads && properties.every(({ path }) => path === 'stdin');
}

/** One line for all of them. */
export function readingLines(journal: Journal): string[] {
  const reading = journal.changed().filter(onlyReads);
  return reading.length === 0 ? [] : [`  ~ afterwards: ${reading.map(({ label }) => label).join(', ')}`];
}

/** What of a change is worth a line: properties, and in `names` what else differs. `journal` may hold a plan, which says the rest. */
export function worthShowing(change: Change, journal: Journal): { properties: PropertyChange[]; names: string[] } {
  const properties = change.properties.filter((property) => !isConnection(property));
  if (change.type === WORLD) return { properties: [], names: [] };
  if (journal.plan === undefined) return { properties, names: [] };
  if (change.type === INVENTORY) return { properties: [], names: [] };
  if (change.type !== COMMAND || change.act !== 'update') return { properties, names: [] };
  const names = properties.filter(({ path }) => scripts.includes(path)).map(() => 'what it runs');
  const others = properties.filter(({ path }) => !scripts.includes(path));
  const input = others.find(({ path }) => path === 'stdin');
  if (input === undefined) return { properties: others, names: [...new Set(names)] };
  const files = carryOut.includes(typesOf(change.urn).at(-2) ?? '') ? [] : filesIn(input);
  const rest = files === undefined ? others : others.filter((property) => property !== input);
  return { properties: rest, names: [...(files ?? []), ...new Set(names)] };
}

/** Texts of ours, which change with Calispray itself or with what the plan says. */
const scripts = ['create', 'update', 'delete'];

function isConnection({ path }: PropertyChange): boolean {
  return /^connection(\.|\[|$)/.test(path);
}

/** Names of files that differ, where a command gets them as `{"name": "text"}`; undefined where it gets anything else. */
function filesIn({ before, after }: PropertyChange): string[] | undefined {
  const [old, now] = [before, after].map(filesOf);
  if (old === undefined || now === undefined) return undefined;
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return names.filter((name) => old[name] !== now[name]);
}

function filesOf(text: unknown): Record<string, unknown> | undefined {
  if (typeof text !== 'string' || !text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
