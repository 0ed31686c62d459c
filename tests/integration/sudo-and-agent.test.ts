import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Calispray } from '../support/calispray.ts';

/**
 * The lab's second scenario, and the other way in: VXLAN, carried out by an ordinary user with passwordless sudo, whose key is
 * in an ssh-agent and in no file of the stack; one of the nodes is reached over another one.
 */
describe('VXLAN, by a user with sudo and an ssh-agent', function () {
  this.timeout(600_000);
  const calispray = new Calispray('sudo', { verifies: true });
  let agent: ChildProcess | undefined;
  const before = process.env.SSH_AUTH_SOCK;

  after(async () => {
    await calispray.run('down');
    agent?.kill();
    if (before === undefined) delete process.env.SSH_AUTH_SOCK;
    else process.env.SSH_AUTH_SOCK = before;
    calispray.remove();
  });

  const project = () =>
    calispray.project('as-ops', 'lab', (text) =>
      text
        .replace('user: root', 'user: ops')
        .replace(/key: \$\{CALISPRAY_LAB_DIR\}\/id_ed25519/, 'agent: true')
        .replace('encapsulation: none', 'encapsulation: { vxlan: always }')
        .replace('62, roles: [worker] }', '62, roles: [worker], ssh: { jump: { host: 192.168.4.63 } } }'),
    );

  it('is told what is missing while there is no agent', async () => {
    delete process.env.SSH_AUTH_SOCK;
    const refused = await calispray.run('-C', project(), 'up', '--stack', 'lab');
    assert.equal(refused.code, 1, refused.text);
    assert.match(refused.text, /agent/);
    assert.doesNotMatch(refused.text, /\n\s+at .*\.ts/);
  });

  it('carries the whole stack out', async () => {
    const socket = join(calispray.state, 'agent');
    agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    for (let tries = 0; tries < 100 && !existsSync(socket); tries++) await new Promise((wake) => setTimeout(wake, 50));
    process.env.SSH_AUTH_SOCK = socket;
    const added = spawnSync('ssh-add', [join(calispray.labDir, 'id_ed25519')], { encoding: 'utf8' });
    assert.equal(added.status, 0, added.stderr);
    const up = await calispray.run('-C', project(), 'start');
    assert.equal(up.code, 0, up.text);
    assert.match(up.text, /vxlan always, MTU 1450/);
    assert.match(up.text, /production\/web +reached/);
    assert.doesNotMatch(up.text, / NO( |$)|does NOT/m);
    const owner = await calispray.run('lab', 'shell', 'masternode', '--', 'stat', '-c', '%U', '/home/ops/.calispray');
    assert.equal(owner.text.trim(), 'ops');
  });

  it('never logged in to the node behind the jump host but over that', async () => {
    const logins = async (node: string) => {
      const journal = await calispray.run(
        'lab',
        'shell',
        node,
        '--',
        'journalctl',
        '--no-pager',
        '-o',
        'cat',
        '-t',
        'sshd',
      );
      const from = [...journal.text.matchAll(/Accepted publickey for ops from (\S+)/g)].map(([, address]) => address);
      return [...new Set(from)].sort();
    };
    assert.deepEqual(await logins('homelab'), ['192.168.4.63']);
    assert.ok((await logins('masternode')).includes('192.168.4.10'));
    assert.ok((await logins('storagenodet3500')).includes('192.168.4.10'));
  });

  it('finds nothing to do the second time', async () => {
    const again = await calispray.run('-C', project(), 'up', '--stack', 'lab');
    assert.equal(again.code, 0, again.text);
    assert.match(again.text, /no change/);
  });

  it('goes again while its cluster is alive', async () => {
    const down = await calispray.run('down');
    assert.equal(down.code, 0, down.text);
    assert.match(down.text, /\d+ deleted/);
    assert.doesNotMatch(down.text, /could not be destroyed|not done/);
  });
});
