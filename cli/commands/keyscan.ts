/** `calispray keyscan`: the nodes' host keys into the stack's file, after a person has seen their fingerprints. */
import { renameSync, writeFileSync } from 'node:fs';
import { UserError } from '../../cluster/finding.ts';
import { confirm } from '../ask.ts';
import { declare, type StackOptions } from '../open.ts';
import { exitCodes, terminal } from '../report.ts';
import { fingerprint } from '../ssh/fingerprint.ts';
import { scan } from '../ssh/scan.ts';
import { withHostKeys } from '../stack-edit.ts';

export default async function keyscan(options: StackOptions & { yes?: boolean }): Promise<number> {
  const { cluster, file } = await declare(options);
  const nodes = cluster?.nodes ?? [];
  const seen = await Promise.all(nodes.map(async (node) => ({ node, answer: await scan(node) })));
  const fresh: Record<string, string> = {};
  for (const { node, answer } of seen) {
    if ('problem' in answer) continue;
    const [type = '', blob = ''] = answer.key.split(' ');
    const known = node.ssh.hostKey;
    const state =
      known === answer.key ? 'as declared' : known?.startsWith('ssh-') ? 'CHANGED: not the one declared' : 'new';
    terminal.out(`  ${node.name.padEnd(20)} ${node.address.padEnd(16)} ${type} ${fingerprint(blob)}  ${state}`);
    if (known !== answer.key) fresh[node.name] = answer.key;
  }
  const silent = seen.flatMap(({ node, answer }) => ('problem' in answer ? [{ node, problem: answer.problem }] : []));
  if (Object.keys(fresh).length > 0) {
    terminal.out(
      'On each machine, `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints the fingerprint to compare.',
    );
    if (options.yes === true || (await confirm(`Write ${Object.keys(fresh).length} host keys into ${file.path}?`))) {
      const partial = `${file.path}.${process.pid}`;
      writeFileSync(partial, withHostKeys(file.text, fresh));
      renameSync(partial, file.path);
      terminal.out(`Written to ${file.path}.`);
    } else {
      terminal.out('Nothing was written.');
    }
  } else if (silent.length === 0) {
    terminal.out('Every host key is as declared.');
  }
  if (silent.length > 0) {
    throw new UserError(
      silent.map(({ node, problem }) => ({
        code: 'node-down',
        class: 'refused',
        path: `nodes.${node.name}.address`,
        message: `${node.name} (${node.address}:${node.ssh.port}) showed no host key: ${problem}`,
        hint: 'start the machine or its sshd, or correct the address',
      })),
    );
  }
  return exitCodes.done;
}
