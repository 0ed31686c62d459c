/** `calispray lab …`: the hosts on this machine, without a stack. */
import { once } from 'node:events';
import { UserError } from '../../cluster/finding.ts';
import type { Lab } from '../../lab/index.ts';
import { progressOf } from '../open.ts';
import { labName } from '../places.ts';
import { exitCodes, terminal } from '../report.ts';
import { bringTools } from '../tools.ts';

type Verb = 'up' | 'down' | 'status' | 'env' | 'shell';

export default async function lab(
  verb: Verb,
  options: { json?: boolean },
  node = '',
  words: string[] = [],
): Promise<number> {
  const say = progressOf(options);
  const { labDown, labShell, labStatus, labUp } = await import('../../lab/index.ts');
  const name = labName();
  switch (verb) {
    case 'up': {
      const made = await labUp(await bringTools('lab'), { name, report: say });
      if (options.json === true) terminal.out(JSON.stringify({ ok: true, lab: made }, null, 2));
      else for (const host of made.hosts) say(`  ${host.name.padEnd(18)} ${host.address}`);
      return exitCodes.done;
    }
    case 'down': {
      const removed = await labDown({ name, report: say });
      if (options.json === true) terminal.out(JSON.stringify({ ok: true, removed }, null, 2));
      return exitCodes.done;
    }
    case 'status': {
      const status = labStatus(name);
      if (options.json === true)
        terminal.out(JSON.stringify({ ok: true, up: status.up, lines: status.lines, lab: status.lab }, null, 2));
      else for (const line of [`The lab ${name} is ${status.up ? 'up' : 'not up'}.`, ...status.lines]) say(line);
      return status.up ? exitCodes.done : exitCodes.finding;
    }
    case 'env': {
      const found = present(labStatus(name), name);
      for (const [variable, value] of Object.entries(variables(found))) terminal.out(`export ${variable}='${value}'`);
      return exitCodes.done;
    }
    case 'shell': {
      const found = present(labStatus(name), name);
      const own = commandOf(words);
      const child = own.length > 0 ? labShell(found, node, own) : labShell(found, node);
      const ignore = () => {};
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ignore);
      const [code] = (await once(child, 'exit')) as [number | null];
      return code ?? exitCodes.finding;
    }
  }
}

/** What stands behind `shell NODE`: a `--` before it is not part of it. */
export function commandOf(words: readonly string[]): string[] {
  return words.slice(words[0] === '--' ? 1 : 0);
}

function present(status: { up: boolean; lab?: Lab }, name: string): Lab {
  if (status.up && status.lab !== undefined) return status.lab;
  throw UserError.of('no-lab', '', `the lab ${name} is not up`, 'run `npx calispray lab up`, or `npm start`');
}

function variables(lab: Lab): Record<string, string> {
  return {
    CALISPRAY_LAB: lab.name,
    CALISPRAY_LAB_DIR: lab.dir,
    CALISPRAY_LAB_WORKSTATION: lab.workstation,
    ...Object.fromEntries(
      lab.hosts.map((host) => [`CALISPRAY_LAB_${host.name.toUpperCase().replaceAll('-', '_')}`, host.address]),
    ),
  };
}
