/** From the options of a command to an opened stack: what preview, up, down, refresh, unlock and start have in common. */

import { UserError } from '../cluster/finding.ts';
import type { Cluster } from '../cluster/index.ts';
import type { Levels } from '../policies/levels.ts';
import type { Tools } from '../setup/index.ts';
import { type Backend, chooseBackend } from './engine/backend.ts';
import { spareMemory } from './engine/heap.ts';
import type { Session } from './engine/session.ts';
import { secretsProviderOf } from './engine/workspace.ts';
import { levelsOf } from './levels.ts';
import { LAB_STACK, labDir } from './places.ts';
import { clusterOf, findProject, type Project, readStack, type StackFile } from './project.ts';
import { type Streams, terminal } from './report.ts';
import { bringTools } from './tools.ts';

export interface StackOptions {
  stack: string;
  cwd?: string;
  json?: boolean;
}

export interface Declared {
  project: Project;
  file: StackFile;
  /** Undefined for a program of one's own that declares none under `calispray:cluster`. */
  cluster?: Cluster;
  /** What the stack says of the levels of the rules; undefined where it says nothing. */
  levels?: Levels;
}

export interface Prepared extends Declared {
  backend: Backend;
  tools: Tools;
  say: (line: string) => void;
}

export interface Opened extends Prepared {
  session: Session;
}

/** Progress: standard error where standard output is for one JSON document. */
export function progressOf(options: { json?: boolean }, to: Streams = terminal): (line: string) => void {
  return options.json === true ? to.err : to.out;
}

/** Reads and parses the stack. A mistake in it ends the run here, before any engine, node or lab is needed. */
export async function declare(options: StackOptions): Promise<Declared> {
  const project = findProject(options.cwd);
  const file = readStack(project, options.stack);
  const cluster = await clusterOf(project, file);
  spareMemory(cluster?.nodes.length ?? 0);
  const levels = await levelsOf(file);
  return { project, file, ...(cluster === undefined ? {} : { cluster }), ...(levels === undefined ? {} : { levels }) };
}

/** Is this the process that runs inside the workstation's namespace of the lab? */
export function insideLab(): boolean {
  return process.env.CALISPRAY_INSIDE === '1';
}

/**
 * What the engine needs, found without starting it. `touches` tells a run that changes something from a preview: the
 * stand-ins of the provider plugins may serve the former for the lab alone.
 */
export async function prepare(declared: Declared, say: (line: string) => void, touches: boolean): Promise<Prepared> {
  const { file } = declared;
  const lab = file.stack === LAB_STACK;
  // The stack's file names the lab's keys by this variable; a preview without a lab names where they would be.
  if (lab) process.env.CALISPRAY_LAB_DIR = labDir();
  const secretsProvider = secretsProviderOf(file.text);
  const backend = chooseBackend({
    stack: file.stack,
    labUp: insideLab(),
    ...(secretsProvider === undefined ? {} : { secretsProvider }),
  });
  const tools = await bringTools('engine');
  if (tools.providers === 'stand-in') {
    if (touches && !lab) throw needsOfficialPlugins(file.stack);
    const { standInNotice } = await import('../lab/providers/notice.ts');
    say(standInNotice);
  }
  return { ...declared, backend, tools, say };
}

/** Starts the engine on the stack. */
export async function open(prepared: Prepared): Promise<Opened> {
  const { openSession } = await import('./engine/session.ts');
  return { ...prepared, session: await openSession(prepared) };
}

function needsOfficialPlugins(stack: string): UserError {
  return UserError.of(
    'stand-ins-only',
    '',
    `the official Pulumi plugins for "command" and "kubernetes" are not here, and the lab's stand-ins must not carry out stack ${stack}`,
    'run this where the plugins can be downloaded (npm run setup -- --check says what was tried); a preview works here',
  );
}
