/** Running a command inside the lab: in the workstation's network, or in a node with everything it has. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Every namespace of a node but the user's, root and working folder included. */
const everything = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd'];
const passedOn: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** Runs `argv` with this terminal in a network namespace; files and processes stay those of the machine. */
export function enterNetns(path: string, argv: readonly string[], env: Record<string, string>): ChildProcess {
  return follow(spawn('nsenter', [`--net=${path}`, '--', ...argv], { stdio: 'inherit', env }));
}

/** Runs `argv` with this terminal as root on a node, with the environment of a fresh login. */
export function enterNode(pid: number, argv: readonly string[]): ChildProcess {
  return follow(spawn('nsenter', [...nodeArguments(pid), ...argv], { stdio: 'inherit' }));
}

/** What nsenter(1) needs before a command that is to run on the node. */
export function nodeArguments(pid: number, term = process.env.TERM ?? 'dumb'): string[] {
  const env = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', `TERM=${term}`];
  return ['--target', String(pid), ...everything, '--', 'env', '-i', ...env];
}

/**
 * Hands signals on to the child and leaves the ending to it. What a terminal sends (Ctrl-C) already went to the child
 * as well, and a second SIGINT makes the engine give up at once: those are not sent again.
 */
function follow(child: ChildProcess): ChildProcess {
  const handlers = passedOn.map((name) => {
    const handler = () => {
      const fromTerminal = (name === 'SIGINT' || name === 'SIGQUIT') && inForeground();
      if (!fromTerminal) child.kill(name);
    };
    process.on(name, handler);
    return [name, handler] as const;
  });
  const stop = () => {
    for (const [name, handler] of handlers) process.off(name, handler);
  };
  child.once('exit', stop);
  child.once('error', stop);
  return child;
}

/** True when this process' group is the one its terminal sends keys' signals to (fields 5 and 8 of /proc/self/stat). */
function inForeground(): boolean {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  return fields[2] === fields[5];
}
