import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Jumps } from '../../../cli/ssh/jumps.ts';
import { scan } from '../../../cli/ssh/scan.ts';
import type { Endpoint, Way } from '../../../components/endpoint.ts';
import { runCommand } from '../../../lab/providers/command/run.ts';
import type { PropertyMap } from '../../../lab/providers/properties.ts';
import { toolPaths } from '../../../setup/index.ts';
import { freePort, type Sshd, startSshd } from '../../support/sshd.ts';

describe('ways to a host, with a real sshd', function () {
  this.timeout(60_000);
  const dir = mkdtempSync(join(tmpdir(), 'calispray-dial-'));
  const shared = join(dir, 'sshd');
  let sshd: Sshd;
  /** A second one, with a host key and users of its own. */
  let bastion: Sshd;
  let said: string[] = [];
  const logger = {
    log: (_severity: string, message: string) => void said.push(message),
    status: (message: string) => void said.push(message),
    flush: async () => {},
  };
  const run = (
    connection: PropertyMap,
    command = 'echo $SSH_CONNECTION',
    more: PropertyMap = {},
    previous: PropertyMap = {},
  ) => {
    const target = { host: '127.0.0.1', port: sshd.port, user: 'root', hostKey: sshd.hostKey, dialErrorLimit: 0 };
    const inputs = { connection: { ...target, ...connection }, ...more };
    return runCommand(command, inputs, previous, logger, new AbortController().signal);
  };

  before(async () => {
    const base = toolPaths().base;
    [sshd, bastion] = await Promise.all([
      startSshd(shared, { base, config: 'AcceptEnv GIVEN PULUMI_COMMAND_*' }),
      startSshd(join(dir, 'bastion'), { base }),
    ]);
  });
  beforeEach(() => {
    said = [];
  });
  after(async () => {
    await Promise.all([sshd?.stop(), bastion?.stop()]);
    rmSync(dir, { recursive: true, force: true });
  });

  it('a password, where the key is not known', async () => {
    assert.equal((await run({ password: sshd.password }, 'echo in')).stdout, 'in');
    await assert.rejects(run({ password: 'wrong-password' }), (error: Error) => {
      assert.match(
        error.message,
        /unable to authenticate, attempted methods \[none password( keyboard-interactive)?\]/,
      );
      return !error.message.includes('wrong-password');
    });
  });

  it('a key with a passphrase', async () => {
    const file = join(shared, 'guarded');
    execFileSync('cp', ['-p', join(shared, 'user_key'), file]);
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'a passphrase', '-f', file]);
    const privateKey = readFileSync(file, 'utf8');
    assert.equal((await run({ privateKey, privateKeyPassword: 'a passphrase' }, 'echo in')).stdout, 'in');
    await assert.rejects(run({ privateKey }), /this private key is passphrase protected/);
    await assert.rejects(run({ privateKey, privateKeyPassword: 'other' }), /decryption password incorrect/);
    await assert.rejects(run({ privateKey: 'no key' }), /ssh: no key found/);
    await assert.rejects(run({ privateKey, hostKey: 'no key' }), /failed to parse host key/);
  });

  it('the agent', async () => {
    const socket = join(dir, 'agent');
    const agent: ChildProcess = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      for (let i = 0; i < 200 && !existsSync(socket); i++) await sleep(10);
      const env = { ...process.env, SSH_AUTH_SOCK: socket };
      execFileSync('ssh-add', ['-q', join(shared, 'user_key')], { env, stdio: 'ignore' });
      assert.equal((await run({ agentSocketPath: socket }, 'echo in')).stdout, 'in');
    } finally {
      agent.kill();
    }
    await assert.rejects(
      run({ agentSocketPath: join(dir, 'none') }),
      /dial unix .*none: connect: no such file or directory/,
    );
  });

  describe('over a jump host', () => {
    const proxy = (more: PropertyMap = {}): PropertyMap => ({
      host: '127.0.0.1',
      port: bastion.port,
      user: 'root',
      privateKey: bastion.privateKey,
      hostKey: bastion.hostKey,
      dialErrorLimit: 0,
      ...more,
    });

    it("a command runs on the node, its key and the jump host's each their own", async () => {
      const { privateKey } = sshd;
      const direct = (await run({ privateKey })).stdout;
      const jumped = (await run({ privateKey, proxy: proxy() })).stdout;
      assert.match(jumped, new RegExp(`^127\\.0\\.0\\.1 \\d+ 127\\.0\\.0\\.1 ${sshd.port}$`));
      assert.notEqual(jumped, direct);
      await assert.rejects(run({ privateKey: bastion.privateKey, proxy: proxy() }), /proxy: .*unable to authenticate/);
      await assert.rejects(run({ privateKey, proxy: proxy({ privateKey }) }), /proxy: .*unable to authenticate/);
    });

    it('another host key of either is refused', async () => {
      const { privateKey } = sshd;
      const wrongJump = run({ privateKey, proxy: proxy({ hostKey: sshd.hostKey }) });
      await assert.rejects(wrongJump, /proxy: .*host key mismatch/);
      const wrongNode = run({ privateKey, hostKey: bastion.hostKey, proxy: proxy() });
      await assert.rejects(wrongNode, /proxy: .*host key mismatch/);
    });

    it('a silent one is told from a silent node', async () => {
      const { privateKey } = sshd;
      await assert.rejects(
        run({ privateKey, proxy: proxy({ port: await freePort() }) }),
        /proxy: .*connection refused/,
      );
      const noNode = run({ privateKey, proxy: proxy(), port: await freePort() });
      await assert.rejects(noNode, /proxy: .*rejected: connect failed/);
    });

    it('the command line goes the same way, by the same keys', async () => {
      const endpoint = (each: Sshd, name: string): Endpoint => ({
        called: name,
        host: '127.0.0.1',
        port: each.port,
        user: 'root',
        hostKey: each.hostKey,
        keyFile: join(dir, name, 'user_key'),
        path: name,
        addressPath: `${name}.address`,
      });
      const node = endpoint(sshd, 'sshd');
      const jump = endpoint(bastion, 'bastion');
      const refusal = async (way: Way) => {
        const jumps = new Jumps();
        const connected = await jumps.connect(way, 2);
        await jumps.close();
        return connected.ok ? 'connected' : `${connected.finding.code} ${connected.finding.path}`;
      };
      assert.equal(await refusal({ node, jump }), 'connected');
      const { hostKey } = sshd;
      assert.equal(await refusal({ node, jump: { ...jump, hostKey } }), 'host-key-mismatch bastion.hostKey');
      const nodeKey = { ...node, hostKey: bastion.hostKey };
      assert.equal(await refusal({ node: nodeKey, jump }), 'host-key-mismatch sshd.hostKey');
      const closed = { ...node, port: await freePort() };
      assert.equal(await refusal({ node: closed, jump }), 'node-down sshd.address');
      const jumps = new Jumps();
      const passed = await jumps.pass(jump);
      assert.ok(passed.ok);
      assert.deepEqual(await scan(node, { jump: passed.client }), { key: sshd.hostKey });
      await jumps.close();
    });
  });

  it('the environment, where the server accepts it, the outputs of the last run included', async () => {
    const { privateKey } = sshd;
    const show = 'echo "$GIVEN $PULUMI_COMMAND_STDOUT $PULUMI_COMMAND_STDERR"';
    const previous = { stdout: 'before', stderr: 'noise' };
    const environment = { environment: { GIVEN: 'x' } };
    assert.equal((await run({ privateKey }, show, environment, previous)).stdout, 'x before noise');
    const without = { ...environment, addPreviousOutputInEnv: false };
    assert.equal((await run({ privateKey }, show, without, previous)).stdout, 'x  ');
  });

  it('only the stream that is to be logged is shown', async () => {
    const { privateKey } = sshd;
    await run({ privateKey }, 'echo out; echo err >&2', { logging: 'stderr' });
    assert.deepEqual(said, ['err']);
    said = [];
    await run({ privateKey }, 'echo out; echo err >&2', { logging: 'none' });
    assert.deepEqual(said, []);
  });

  it('a host that accepts and then says nothing is given up after perDialTimeout', async () => {
    const silent: Server = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const waiting = run({ privateKey: sshd.privateKey, port, perDialTimeout: 1, dialErrorLimit: 1 });
    await assert.rejects(waiting, /after 1 failed attempts: ssh: handshake failed: Timed out/);
    assert.deepEqual(said, ['Dial 1/1 failed: retrying']);
    silent.close();
  });

  it('a command that is killed, and one whose time is up', async () => {
    const { privateKey } = sshd;
    await assert.rejects(run({ privateKey }, 'kill -TERM $$'), /Process exited with status 143 from signal TERM/);
    const connection = { host: '127.0.0.1', port: sshd.port, privateKey };
    const signal = AbortSignal.timeout(500);
    await assert.rejects(runCommand('sleep 100', { connection }, {}, logger, signal), /ended: its time was up/);
  });
});
