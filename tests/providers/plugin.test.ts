import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as grpc from '@grpc/grpc-js';
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import pb from '@pulumi/pulumi/proto/provider_pb.js';
import emptypb from 'google-protobuf/google/protobuf/empty_pb.js';
import { installStandIns } from '../../lab/providers/install.ts';
import { standInNotice } from '../../lab/providers/notice.ts';
import { fromStruct, toStruct } from '../../lab/providers/properties.ts';

/** Plugins of the present test; each ends when its stdin closes, as with an engine. */
let children: ChildProcess[] = [];

async function startPlugin(file: string) {
  const child = spawn(file, ['127.0.0.1:1'], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  const [first] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return new providerGrpc.ResourceProviderClient(`127.0.0.1:${Number(first)}`, grpc.credentials.createInsecure());
}

async function end(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  if (child.exitCode === null) await once(child, 'exit');
}

describe('a stand-in plugin', () => {
  const home = mkdtempSync(join(tmpdir(), 'calispray-plugin-'));
  after(() => rmSync(home, { recursive: true }));
  afterEach(async () => {
    await Promise.all(children.map(end));
    children = [];
  });
  const installed = (name: string, version: string) =>
    join(home, 'plugins', `resource-${name}-v${version}`, `pulumi-resource-${name}`);

  it('is installed where the engine looks, once', () => {
    installStandIns(home, process.execPath);
    const file = installed('command', '1.2.1');
    const before = statSync(file);
    assert.equal(before.mode & 0o777, 0o755);
    installStandIns(home, process.execPath);
    assert.equal(statSync(file).mtimeMs, before.mtimeMs);
    assert.match(readFileSync(installed('kubernetes', '4.32.0'), 'utf8'), /lab\/providers\/kubernetes\/main\.ts/);
  });

  it('has the engine keep no log in a home of its own, and leaves the folder of one that has it', () => {
    installStandIns(home, process.execPath);
    assert.ok(statSync(join(home, 'logs')).isFile());
    const another = mkdtempSync(join(tmpdir(), 'calispray-home-'));
    try {
      mkdirSync(join(another, 'logs'));
      writeFileSync(join(another, 'logs', 'one.log'), 'kept');
      installStandIns(another, process.execPath);
      assert.equal(readFileSync(join(another, 'logs', 'one.log'), 'utf8'), 'kept');
    } finally {
      rmSync(another, { recursive: true });
    }
  });

  for (const [name, version] of [
    ['command', '1.2.1'],
    ['kubernetes', '4.32.0'],
  ] as const) {
    it(`${name} prints a port and nothing else, answers, and ends with its parent`, async () => {
      const client = await startPlugin(installed(name, version));
      const child = children.at(-1) as ChildProcess;
      let stderr = '';
      child.stderr?.on('data', (chunk) => {
        stderr += chunk;
      });
      const info = await new Promise<string>((resolve, reject) =>
        client.getPluginInfo(new emptypb.Empty(), (error, answer) =>
          error ? reject(error) : resolve(answer.getVersion()),
        ),
      );
      assert.equal(info, version);
      await end(child);
      assert.deepEqual([child.exitCode, stderr], [0, '']);
    });
  }

  it('says what it does not serve', async () => {
    const client = await startPlugin(installed('kubernetes', '4.32.0'));
    const request = new pb.InvokeRequest().setTok('kubernetes:yaml:decode').setArgs(toStruct({}));
    const message = await new Promise((resolve) => client.invoke(request, (error) => resolve(error?.details)));
    assert.equal(message, "the lab's stand-in for the kubernetes provider does not serve kubernetes:yaml:decode");
  });

  it('loads neither SSH nor the Kubernetes library before it needs them', () => {
    for (const name of ['command', 'kubernetes']) {
      const main = fileURLToPath(new URL(`../../lab/providers/${name}/index.ts`, import.meta.url));
      const script = `import { registerHooks } from 'node:module';
        const loaded = [];
        registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
        await import(${JSON.stringify(main)});
        console.log(JSON.stringify(loaded.filter((url) => /ssh2|client-node/.test(url))));`;
      const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
      assert.equal(run.stdout.trim(), '[]', run.stderr);
    }
  });

  it('previews an object without a cluster', async () => {
    const client = await startPlugin(installed('kubernetes', '4.32.0'));
    const configure = new pb.ConfigureRequest();
    configure.getVariablesMap().set('kubernetes:config:kubeconfig', 'users: [{ token: planted-token, ]');
    await new Promise((resolve, reject) =>
      client.configure(configure, (e, answer) => (e ? reject(e) : resolve(answer))),
    );
    const inputs = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } };
    const request = new pb.CreateRequest()
      .setUrn('urn:pulumi:s::p::kubernetes:core/v1:Namespace::n')
      .setProperties(toStruct(inputs));
    const create = (preview: boolean) =>
      new Promise<pb.CreateResponse>((resolve, reject) =>
        client.create(request.setPreview(preview), (error, answer) => (error ? reject(error) : resolve(answer))),
      );
    assert.deepEqual(fromStruct((await create(true)).getProperties()), inputs);
    await assert.rejects(create(false), (error: Error) => {
      assert.match(error.message, /configured Kubernetes cluster is unreachable: failed to parse kubeconfig/);
      return !error.message.includes('planted');
    });
  });

  it('is announced in one line', () => {
    assert.match(standInNotice, /stand-ins/);
    assert.ok(!standInNotice.includes('\n'));
  });
});
