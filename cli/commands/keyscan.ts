/** `calispray keyscan`: the host keys of nodes and jump hosts into the stack's file, after a person has seen their fingerprints. */
import { renameSync, writeFileSync } from 'node:fs';
import type { Client } from 'ssh2';
import { type Finding, UserError } from '../../cluster/finding.ts';
import { type Endpoint, type Way, wayTo } from '../../components/endpoint.ts';
import { confirm } from '../ask.ts';
import { declare, type StackOptions } from '../open.ts';
import { exitCodes, terminal } from '../report.ts';
import { all } from '../ssh/all.ts';
import { fingerprint } from '../ssh/fingerprint.ts';
import { Jumps } from '../ssh/jumps.ts';
import { scan } from '../ssh/scan.ts';
import { withHostKeys, withJumpKeys } from '../stack-edit.ts';

interface Seen {
  /** What stands in the table's first column. */
  readonly name: string;
  readonly at: Endpoint;
  /** The key that the stack declares. */
  readonly known: string | undefined;
  readonly answer: { readonly key: string } | { readonly finding: Finding };
}

export default async function keyscan(options: StackOptions & { yes?: boolean }): Promise<number> {
  const { cluster, file } = await declare(options);
  const ways = (cluster?.nodes ?? []).map((node) => ({ node, way: wayTo(node) }));
  let text = file.text;
  const write = async (count: number, edited: string): Promise<boolean> => {
    terminal.out(
      'On each machine, `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints the fingerprint to compare.',
    );
    if (options.yes !== true && !(await confirm(`Write ${count} host keys into ${file.path}?`))) return false;
    const partial = `${file.path}.${process.pid}`;
    writeFileSync(partial, edited);
    renameSync(partial, file.path);
    text = edited;
    terminal.out(`Written to ${file.path}.`);
    return true;
  };

  // The jump hosts first: a login goes through them, and none is tried with a key that nobody has compared.
  const jumpHosts = await all(jumpsOf(ways.map(({ way }) => way)), async (at) => ask(at.host, at, at.hostKey));
  const freshJumps = show(jumpHosts);
  if (freshJumps.size > 0) {
    if (!(await write(freshJumps.size, withJumpKeys(text, freshJumps)))) {
      terminal.out('Nothing was written, and no node behind a jump host was asked.');
      return exitCodes.done;
    }
  }

  const jumps = new Jumps();
  const seen = await all(ways, async ({ node, way }): Promise<Seen> => {
    const jump = jumpHosts.find(({ at }) => at.host === way.jump?.host && at.port === way.jump.port)?.answer;
    const known = node.ssh.hostKey;
    if (jump === undefined || way.jump === undefined) return ask(node.name, way.node, known);
    if ('finding' in jump) return { name: node.name, at: way.node, known, answer: jump };
    const passed = await jumps.pass({ ...way.jump, hostKey: jump.key });
    if (!passed.ok) return { name: node.name, at: way.node, known, answer: passed };
    return ask(node.name, way.node, known, passed.client);
  });
  await jumps.close();
  const fresh = show(seen);
  if (fresh.size > 0) {
    if (!(await write(fresh.size, withHostKeys(text, Object.fromEntries(fresh))))) {
      terminal.out(freshJumps.size > 0 ? 'The keys of the nodes were not written.' : 'Nothing was written.');
    }
  }
  const findings = [...jumpHosts, ...seen].flatMap(({ answer }) => ('finding' in answer ? [answer.finding] : []));
  if (findings.length > 0) throw new UserError([...new Set(findings)]);
  if (fresh.size + freshJumps.size === 0) terminal.out('Every host key is as declared.');
  return exitCodes.done;
}

/** Each jump host once. */
function jumpsOf(ways: readonly Way[]): Endpoint[] {
  const found = new Map<string, Endpoint>();
  for (const { jump } of ways) {
    if (jump !== undefined && !found.has(`${jump.host} ${jump.port}`)) found.set(`${jump.host} ${jump.port}`, jump);
  }
  return [...found.values()];
}

async function ask(name: string, at: Endpoint, known: string | undefined, jump?: Client) {
  const scanned = await scan(at, { jump });
  if ('key' in scanned) return { name, at, known, answer: scanned };
  const finding: Finding = {
    code: 'node-down',
    class: 'refused',
    path: at.addressPath,
    message: `${at.called} (${at.host}:${at.port}) showed no host key: ${scanned.problem}`,
    hint: 'start the machine or its sshd, or correct the address',
  };
  return { name, at, known, answer: { finding } };
}

/** Prints a line a host; gives back, by name, the keys that the stack does not declare. */
function show(hosts: readonly Seen[]): Map<string, string> {
  const fresh = new Map<string, string>();
  for (const { name, at, known, answer } of hosts) {
    if ('finding' in answer) continue;
    const [type = '', blob = ''] = answer.key.split(' ');
    const state =
      known === answer.key ? 'as declared' : known?.startsWith('ssh-') ? 'CHANGED: not the one declared' : 'new';
    terminal.out(`  ${name.padEnd(20)} ${at.host.padEnd(16)} ${type} ${fingerprint(blob)}  ${state}`);
    if (known !== answer.key) fresh.set(name, answer.key);
  }
  return fresh;
}
