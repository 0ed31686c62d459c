import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import type { EngineEvent } from '@pulumi/pulumi/automation/index.js';
import { quietSdk } from '../../cli/engine/quiet-sdk.ts';
import type { Node } from '../../cluster/index.ts';
import { connectionTo } from '../../components/connection.ts';
import { Build, Inventory, secretVariables, withDigests } from '../../components/index.ts';
import { layRunnerCommand, runnerFiles } from '../../components/remote/index.ts';
import { desiredOf } from '../../kubespray/plan/index.ts';
import { PackOnEngine } from '../support/pack-engine.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';
import { clusterOf, stackCluster } from '../support/stacks.ts';

const SECRET = 'PLANTED-registry-password-4711';

/** Stands where ansible-playbook is, and says all that it is given: its words, its environment, its secrets. */
const TELLTALE = `#!/bin/sh
echo "$@"; env
for word in "$@"; do case $word in @*/secrets.json) cat "\${word#@}"; echo ;; esac; done
`;

/** The real engine, SSH and runner; the playbook alone is not one. */
describe('secret variables', function () {
  this.timeout(300_000);
  const cluster = clusterOf(stackCluster('lab'));
  let engine: PackOnEngine;
  let sshd: Sshd;
  let controller: Node;
  const events: EngineEvent[] = [];
  const onEvent = (event: EngineEvent) => void events.push(event);

  before(async () => {
    // As `calispray` does: what the SDK says of itself, and nobody reads, has values in clear.
    quietSdk();
    engine = new PackOnEngine();
    sshd = await startSshd(join(engine.folder, 'sshd'), { base: engine.tools.base });
    const key = join(engine.folder, 'sshd/user_key');
    const ssh = { user: 'root', port: sshd.port, agent: false, become: false, hostKey: sshd.hostKey, key };
    controller = { ...(cluster.nodes[0] as Node), address: '127.0.0.1', ssh };
  });
  after(async () => {
    await sshd.stop();
    engine.remove();
  });

  /** Where it stands, for the message of a test that fails. */
  const around = (text: string) => {
    const at = text.indexOf(SECRET);
    return at < 0 ? '' : text.slice(Math.max(0, at - 300), at + 50);
  };
  const program = (password: string) => async () => {
    const connection = connectionTo(controller);
    const command = (name: string, create: string, stdin: string) =>
      new remote.Command(name, { connection, create, stdin, addPreviousOutputInEnv: false, logging: 'none' });
    const folder = 'kubespray-telltale';
    const bin = `"$HOME/.calispray/lab/${folder}/venv/bin"`;
    const make = `mkdir -p ${bin} "$HOME/.calispray/lab/${folder}/kubespray"; cat > ${bin}/ansible-playbook; chmod +x ${bin}/*`;
    const prepared = [
      command('kubespray', make, TELLTALE),
      command('runner', layRunnerCommand('lab'), JSON.stringify(runnerFiles())),
    ];
    const secrets = secretVariables(pulumi.secret({ registry_password: password }), 'lab');
    const declared = desiredOf(cluster, folder, 'source');
    const desired = secrets.digests.apply((digests) => withDigests(declared, digests));
    const inventory = new Inventory('inventory', { cluster, controller, desired, after: prepared });
    const build = new Build('build', {
      cluster,
      host: controller,
      desired,
      members: Object.keys(declared.facts.hosts),
      peers: [],
      after: inventory.laid,
      mark: inventory.mark,
      secretVariables: secrets.values,
    });
    const log = new remote.Command(
      'log',
      { connection, create: 'cd "$HOME/.calispray/lab" && cat runs/*/log', addPreviousOutputInEnv: false },
      { dependsOn: build },
    );
    const left = new remote.Command(
      'left',
      { connection, create: `grep -rl ${SECRET} "$HOME" /tmp /var/log || true`, addPreviousOutputInEnv: false },
      { dependsOn: build },
    );
    return { log: log.stdout, left: left.stdout, record: build.record };
  };

  it('reach the playbook, and are in no state, backup, event or log afterwards', async () => {
    const stack = await engine.select(program(SECRET));
    const { outputs, stdout, stderr } = await stack.up({ onEvent, color: 'never' });
    assert.match(String(outputs.log?.value), /registry_password.*\*\*\*/, 'the playbook was given it');
    assert.equal(String(outputs.left?.value).trim(), '');
    assert.match(String(outputs.record?.value), /"secretVariables\.registry_password":"[0-9a-f]{16}"/);
    await stack.refresh({ onEvent, color: 'never' });
    const files = readdirSync(engine.folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    assert.ok(files.some(({ parentPath }) => parentPath.includes('backups')));
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name);
      // `log` and `left` have the name of the secret in their own text.
      assert.ok(!readFileSync(path, 'latin1').replaceAll(`grep -rl ${SECRET}`, '').includes(SECRET), path);
    }
    const said = `${stdout}${stderr}${JSON.stringify(events)}`.replaceAll(`grep -rl ${SECRET}`, '');
    assert.equal(around(said), '');
  });

  it('change what a preview shows, and show nothing of themselves there', async () => {
    events.length = 0;
    const stack = await engine.select(program(`${SECRET}-2`));
    const { stdout } = await stack.preview({ onEvent, diff: true, color: 'never' });
    const said = `${stdout}${JSON.stringify(events)}`.replaceAll(`grep -rl ${SECRET}`, '');
    assert.equal(around(said), '');
    const changed = events.flatMap(({ resourcePreEvent }) =>
      resourcePreEvent?.metadata.op === 'update' ? [resourcePreEvent.metadata.urn.split('::').at(-1)] : [],
    );
    for (const name of ['inventory-files', 'build-settings', 'build-record']) assert.ok(changed.includes(name), name);
  });

  it('leave with the stack, which leaves the cluster as it is', async () => {
    events.length = 0;
    const stack = await engine.select(program(SECRET));
    await stack.destroy({ onEvent, color: 'never' });
    const said = events.flatMap(({ diagnosticEvent }) => diagnosticEvent?.message ?? []).join('\n');
    assert.equal(said.match(/stays as it is/g)?.length, cluster.nodes.length, said);
    assert.ok(!JSON.stringify(events).replaceAll(`grep -rl ${SECRET}`, '').includes(SECRET));
  });
});
