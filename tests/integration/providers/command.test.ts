import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as command from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { toolPaths } from '../../../setup/index.ts';
import { freePort, type Sshd, startSshd } from '../../support/sshd.ts';
import { TestStack } from './stack.ts';

const { Command, CopyToRemote } = command.remote;

describe('the command stand-in, with the real engine and a real sshd', function () {
  this.timeout(120_000);
  const tools = toolPaths();
  const dir = mkdtempSync(join(tmpdir(), 'calispray-command-'));
  /** Seen by the host and by the sessions of the sshd alike. */
  const shared = join(dir, 'sshd');
  let sshd: Sshd;
  const reached = (more: object = {}) => ({
    ...{ host: '127.0.0.1', port: sshd.port, hostKey: sshd.hostKey, privateKey: pulumi.secret(sshd.privateKey) },
    ...more,
  });
  let stacks = 0;
  const open = (program: () => unknown) =>
    TestStack.open(tools, join(dir, `stack-${stacks++}`), async () => (program() ?? {}) as Record<string, unknown>);
  const lines = (file: string) => readFileSync(join(shared, file), 'utf8').trim().split('\n');

  before(async () => {
    sshd = await startSshd(shared, { base: tools.base });
  });
  after(async () => {
    await sshd?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('dials nothing in a preview, and does not know the outputs yet', async () => {
    let dialled = 0;
    const trap = createServer((socket) => {
      dialled++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    const { port } = trap.address() as { port: number };
    const stack = await open(() => {
      const connection = { host: '127.0.0.1', port };
      const one = new Command('one', { connection, create: 'hostname' });
      new CopyToRemote('two', { connection, source: new pulumi.asset.StringAsset('x'), remotePath: '/x' });
      new Command('three', { connection, create: one.stdout });
    });
    const { operations } = await stack.preview();
    trap.close();
    assert.deepEqual([operations.one, operations.two, operations.three, dialled], ['create', 'create', 'create', 0]);
  });

  it('runs, is quiet when nothing changed, updates in place, replaces for a trigger, and deletes', async () => {
    const note = (what: string) => `echo ${what} | tee -a ${shared}/story`;
    let [trigger, stdin, user] = ['1', 'a', 'root'];
    const stack = await open(() => {
      const one = new Command('one', {
        ...{ connection: reached({ user }), create: note(`create-$(cat)`), update: note(`update-$(cat)`), stdin },
        ...{ delete: note('delete'), triggers: [trigger], addPreviousOutputInEnv: false },
      });
      const two = new Command('two', { connection: reached(), create: one.stdout.apply((out) => `echo saw ${out}`) });
      return { one: one.stdout, two: two.stdout };
    });
    assert.deepEqual((await stack.up()).outputs, { one: 'create-a', two: 'saw create-a' });
    const again = await stack.up();
    assert.deepEqual([again.operations.one, again.operations.two], ['same', 'same']);

    stdin = 'b';
    const preview = await stack.preview();
    assert.deepEqual([preview.operations.one, preview.differences.one], ['update', ['stdin']]);
    // A preview has the outputs of the last run, so what depends on them shows no change.
    assert.equal(preview.operations.two, 'same');
    assert.deepEqual((await stack.up()).outputs, { one: 'update-b', two: 'saw update-b' });

    trigger = '2';
    const replaced = await stack.up();
    assert.deepEqual(replaced.outputs, { one: 'create-b', two: 'saw create-b' });
    assert.deepEqual(lines('story'), ['create-a', 'update-b', 'create-b', 'delete']);
    await stack.destroy();
    assert.deepEqual(lines('story').at(-1), 'delete');
    assert.equal(lines('story').length, 5);
  });

  it('refuses a host key that does not match, and runs nothing', async () => {
    const hostKey = readFileSync(join(shared, 'user_key.pub'), 'utf8');
    const stack = await open(() => {
      const connection = reached({ hostKey, dialErrorLimit: 0 });
      new Command('one', { connection, create: `touch ${shared}/fooled` });
    });
    assert.match(await stack.fails(stack.up()), /ssh: handshake failed: ssh: host key mismatch/);
    assert.ok(!existsSync(join(shared, 'fooled')));
  });

  it('says how often a dead host was dialled, and what a login was refused for', async () => {
    const port = await freePort();
    const stranger = readFileSync(join(shared, 'host_key'), 'utf8');
    const stack = await open(() => {
      new Command('dead', { connection: reached({ port, dialErrorLimit: 2 }), create: 'true' });
      new Command('locked', { connection: reached({ privateKey: stranger, dialErrorLimit: 0 }), create: 'true' });
    });
    const said = await stack.fails(stack.up({ continueOnError: true }));
    const refused = `after 2 failed attempts: dial tcp 127.0.0.1:${port}: connect: connection refused`;
    assert.ok(said.includes(refused), said);
    assert.ok(said.includes('ssh: unable to authenticate, attempted methods [none publickey], no supported'), said);
    assert.ok(!said.includes('PRIVATE KEY'), said);
  });

  it('tells a failed command by its status, its text and both streams; a refused variable by its name', async () => {
    const stack = await open(() => {
      new Command('fails', { connection: reached(), create: 'echo out; echo err >&2; exit 3' });
      new Command('env', { connection: reached(), create: 'true', environment: { M: 'x' } });
    });
    const said = await stack.fails(stack.up({ continueOnError: true }));
    assert.match(said, /Process exited with status 3: running "echo out; echo err >&2; exit 3":\s+out\s+err/);
    assert.match(said, /could not set environment variable "M": ssh: setenv failed/);
  });

  it('does not hang on a line of 300 KB, nor on much output', async () => {
    const stack = await open(() => {
      const one = new Command('one', {
        connection: reached(),
        create: "head -c 300000 /dev/zero | tr '\\0' x; echo; seq 20000",
      });
      return { length: one.stdout.apply((out) => out.length) };
    });
    const { outputs, text } = await stack.up();
    assert.equal(outputs.length, 300_001 + Array.from({ length: 20_000 }, (_, i) => `${i + 1}`).join('\n').length);
    assert.ok(text.includes('(line cut here)'));
  });

  it('keeps what is secret out of state, backups and log', async () => {
    const planted = 'planted-secret-of-the-stdin';
    const stack = await open(() => {
      const secretOutputs = { additionalSecretOutputs: ['stdout', 'stderr'] };
      const quiet = { logging: 'none', stdin: pulumi.secret(planted) } as const;
      const connection = reached({ password: sshd.password });
      const one = new Command('one', { connection, create: 'cat', ...quiet }, secretOutputs);
      const source = pulumi.secret(new pulumi.asset.StringAsset(planted));
      new CopyToRemote('two', { connection, source, remotePath: `${shared}/planted` } as never);
      return { one: one.stdout };
    });
    assert.equal((await stack.up()).outputs.one, planted);
    assert.equal(lines('planted')[0], planted);
    await stack.refresh();
    stack.assertHidden(planted);
    stack.assertHidden(sshd.password);
    stack.assertHidden(sshd.privateKey.split('\n')[2] as string);
    await stack.destroy();
    stack.assertHidden(planted);
  });

  it('copies a 70 MB file, a folder and an archive of texts', async () => {
    const big = randomBytes(70 * 1024 * 1024);
    writeFileSync(join(dir, 'big'), big);
    mkdirSync(join(dir, 'folder', 'deep', 'deeper'), { recursive: true });
    writeFileSync(join(dir, 'folder', 'deep', 'deeper', 'file'), 'deep');
    writeFileSync(join(dir, 'folder', 'empty'), '');
    const texts = { 'hosts.yaml': 'hosts', 'group_vars/all/all.yml': 'all: ünï' };
    const stack = await open(() => {
      const copy = (name: string, source: pulumi.asset.Asset | pulumi.asset.Archive, to: string) =>
        new CopyToRemote(name, { connection: reached(), source, remotePath: join(shared, 'copied', to) });
      const big = copy('big', new pulumi.asset.FileAsset(join(dir, 'big')), 'new/big');
      copy('under', new pulumi.asset.FileArchive(join(dir, 'folder')), 'under');
      copy('into', new pulumi.asset.FileArchive(`${join(dir, 'folder')}/`), 'into');
      const assets = Object.entries(texts).map(([name, text]) => [name, new pulumi.asset.StringAsset(text)]);
      copy('texts', new pulumi.asset.AssetArchive(Object.fromEntries(assets)), 'inventory');
      return { big: big.remotePath };
    });
    await stack.up();
    const at = (path: string) => readFileSync(join(shared, 'copied', path));
    const digest = (data: Buffer) => createHash('sha256').update(data).digest('hex');
    assert.equal(digest(at('new/big')), digest(big));
    assert.equal(at('under/folder/deep/deeper/file').toString(), 'deep');
    assert.equal(at('into/deep/deeper/file').toString(), 'deep');
    assert.equal(at('into/empty').length, 0);
    for (const [name, text] of Object.entries(texts)) assert.equal(at(`inventory/${name}`).toString(), text);
    assert.equal((await stack.up()).operations.big, 'same');
    await stack.destroy();
    // The official provider leaves what it copied, and so do we.
    assert.ok(existsSync(join(shared, 'copied/new/big')));
  });

  it('leaves no plugin and no remote command behind a killed engine', async () => {
    const stack = await open(() => {
      new Command('one', { connection: reached(), create: `echo $$ > ${shared}/started; exec sleep 4242` });
    });
    const killed = stack.up().catch((error: Error) => error);
    await eventually('the command runs', () => existsSync(join(shared, 'started')));
    const engine = processes().find(({ parent, words }) => parent === process.pid && words.includes('up'));
    assert.ok(engine !== undefined);
    const plugins = processes().filter(
      ({ parent, words }) => parent === engine.pid && words[1]?.includes('lab/providers'),
    );
    assert.equal(plugins.length, 1);
    const remote = () => processes().some(({ words }) => words.join(' ') === 'sleep 4242');
    assert.ok(remote());
    process.kill(engine.pid, 'SIGKILL');
    assert.ok((await killed) instanceof Error);
    await eventually('the plugin ends', () => !processes().some(({ pid }) => pid === plugins[0]?.pid));
    await eventually('the remote command ends', () => !remote());
  });
});

async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (const until = Date.now() + 30_000; !holds(); ) {
    if (Date.now() > until) throw new Error(`waited 30 s until ${what}`);
    await sleep(20);
  }
}

/** Every process of this machine, by its parent and its words. */
function processes(): { pid: number; parent: number; words: string[] }[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const parent = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${entry}/stat`, 'utf8'))?.[1]);
      const words = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').slice(0, -1);
      return [{ pid: Number(entry), parent, words }];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}
