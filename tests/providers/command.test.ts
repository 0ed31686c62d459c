import assert from 'node:assert/strict';
import { commandProvider } from '../../lab/providers/command/index.ts';
import { LineLog } from '../../lab/providers/command/lines.ts';
import { Asset, type PropertyMap, Secret, unknown } from '../../lab/providers/properties.ts';

const step = {
  urn: 'urn:pulumi:s::p::command:remote:Command::n',
  type: 'command:remote:Command',
  name: 'n',
  logger: { log: () => {}, status: () => {}, flush: async () => {} },
  signal: new AbortController().signal,
};
const provider = commandProvider();
const check = async (news: PropertyMap, type = step.type) =>
  provider.check({ ...step, type, news, olds: {}, randomSeed: new Uint8Array() });
const diff = async (oldInputs: PropertyMap, news: PropertyMap) =>
  provider.diff({ ...step, id: 'i', state: {}, oldInputs, news });

describe('the command stand-in', () => {
  it('makes the connection secret as a whole, with the defaults of the official provider', async () => {
    const { inputs, failures } = await check({
      connection: { host: 'h', proxy: { host: 'p', port: 2222 } },
      create: 'x',
    });
    const defaults = { user: 'root', port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
    const proxy = { ...defaults, host: 'p', port: 2222 };
    assert.deepEqual(inputs.connection, new Secret({ ...defaults, host: 'h', proxy }));
    assert.deepEqual(failures, []);
  });

  it('names what is missing or not a logging mode', async () => {
    const failed = async (news: PropertyMap, type?: string) =>
      (await check(news, type)).failures?.map((f) => f.property);
    assert.deepEqual(await failed({ create: 'x' }), ['connection']);
    assert.deepEqual(await failed({ connection: { user: 'u' } }), ['connection.host']);
    assert.deepEqual(await failed({ connection: unknown }), []);
    assert.deepEqual(await failed({ connection: { host: 'h' }, logging: 'all' }), ['logging']);
    const copy = 'command:remote:CopyToRemote';
    assert.deepEqual(await failed({ connection: { host: 'h' } }, copy), ['source', 'remotePath']);
  });

  it('replaces for a trigger, always, and updates for everything else', async () => {
    const before = { create: 'a', update: 'b', stdin: 's', triggers: [1] };
    assert.deepEqual((await diff(before, { ...before, triggers: [2] })).replaces, ['triggers[0]']);
    const update = await diff(before, { ...before, stdin: 't', create: 'c' });
    assert.deepEqual([update.changed, update.replaces], [true, []]);
    assert.equal((await diff(before, before)).changed, false);
  });

  it('previews without dialling: unknown outputs at first, the old ones after', async () => {
    // Port 1 of loopback: dialling it would fail.
    const inputs = { connection: { host: '127.0.0.1', port: 1 }, create: 'x' };
    const created = await provider.create({ ...step, inputs, preview: true, timeout: 0 });
    assert.deepEqual(created.outputs, { ...inputs, stdout: unknown, stderr: unknown });
    const state = { ...inputs, stdout: new Secret('old'), stderr: '' };
    const news = { ...inputs, create: 'y' };
    const updated = await provider.update({
      ...step,
      id: 'i',
      state,
      oldInputs: inputs,
      news,
      preview: true,
      timeout: 0,
    });
    assert.deepEqual(updated, { ...news, stdout: new Secret('old'), stderr: '' });
  });

  it('does not copy again for a changed connection alone', async () => {
    const type = 'command:remote:CopyToRemote';
    const source = new Asset({ hash: '1', text: 'x' });
    const before = { connection: new Secret({ host: '127.0.0.1', port: 1 }), source, remotePath: '/r' };
    const news = {
      ...before,
      connection: new Secret({ host: '127.0.0.1', port: 1, user: 'other', dialErrorLimit: 0 }),
    };
    const call = (to: PropertyMap) =>
      provider.update({
        ...step,
        type,
        id: 'i',
        state: before,
        oldInputs: before,
        news: to,
        preview: false,
        timeout: 0,
      });
    assert.deepEqual(await call(news), news);
    await assert.rejects(
      call({ ...news, remotePath: '/elsewhere' }),
      /dial tcp 127\.0\.0\.1:1: connect: connection refused/,
    );
  });
});

describe('the log of a command', () => {
  const lines = (...chunks: (string | Buffer)[]) => {
    const shown: string[] = [];
    const log = new LineLog((line) => shown.push(line));
    for (const chunk of chunks) log.write(Buffer.from(chunk));
    log.end();
    return shown;
  };

  it('shows whole lines, wherever the pieces were cut', () => {
    const bytes = Buffer.from('zwölf\r\nzwei\n\nlast');
    const pieces = Array.from(bytes, (byte) => Buffer.from([byte]));
    assert.deepEqual(lines(...pieces), ['zwölf', 'zwei', '', 'last']);
  });

  it('shows the beginning of a line that is too long, and goes on', () => {
    const [first, second] = lines('x'.repeat(3_000), `${'x'.repeat(100_000)}\nnext\n`);
    assert.equal(first, `${'x'.repeat(4_096)} … (line cut here)`);
    assert.equal(second, 'next');
  });
});
