import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../../lab/providers/command/run.ts';
import type { PropertyMap } from '../../../lab/providers/properties.ts';
import { toolPaths } from '../../../setup/index.ts';
import { freePort, type Sshd, startSshd } from '../../support/sshd.ts';

describe('ways to a host, with a real sshd', function () {
  this.timeout(60_000);
  const dir = mkdtempSync(join(tmpdir(), 'calispray-dial-'));
  const shared = join(dir, 'sshd');
  let sshd: Sshd;
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
    sshd = await startSshd(shared, { base, config: 'AcceptEnv GIVEN PULUMI_COMMAND_*' });
  });
  beforeEach(() => {
    said = [];
  });
  after(async () => {
    await sshd?.stop();
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

  it('a jump host, named where it is what failed', async () => {
    const { privateKey } = sshd;
    const proxy = {
      host: '127.0.0.1',
      port: sshd.port,
      user: 'root',
      privateKey,
      hostKey: sshd.hostKey,
      dialErrorLimit: 0,
    };
    const direct = (await run({ privateKey })).stdout;
    const jumped = (await run({ privateKey, proxy })).stdout;
    assert.match(jumped, /^127\.0\.0\.1 /);
    assert.notEqual(jumped, direct);
    await assert.rejects(
      run({ privateKey, proxy: { ...proxy, port: await freePort() } }),
      /proxy: .*connection refused/,
    );
    await assert.rejects(run({ privateKey, proxy, port: await freePort() }), /proxy: .*rejected: connect failed/);
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
