import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensure } from '../../setup/ensure.ts';
import { isRefusal, type Part, placeOf, type World } from '../../setup/part.ts';
import { partNamed } from '../../setup/parts/index.ts';
import { firstOffer } from '../../setup/plan.ts';
import { withoutRoot } from '../../setup/sources/apt.ts';
import { findGo } from '../../setup/sources/go.ts';
import { findPython } from '../../setup/sources/python.ts';
import { goArchitecture } from '../../setup/sources/vendor.ts';
import { publish, toolPaths } from '../../setup/tools.ts';
import { Vendors } from '../../setup/vendors.ts';
import { archive, files, inScratch, silently, sum, withServer, worldIn } from './support/scratch.ts';

const processor = process.arch === 'x64' ? 'x64' : 'arm64';

/** What the vendors serve for one program that prints a word, by path. */
function vendorFiles(folder: string): Record<string, string | Buffer> {
  const cli = archive(folder, 'pulumi/pulumi', '#!/bin/sh\necho engine\n');
  const etcd = archive(folder, `etcd-v3.6.5-linux-${goArchitecture}/etcd`, '#!/bin/sh\necho etcd\n');
  const server = '#!/bin/sh\necho server\n';
  const plugins = ['command', 'kubernetes'].map((name) => archive(folder, `pulumi-resource-${name}`, `plugin ${name}`));
  const [command = '', kubernetes = ''] = plugins;
  const names = [
    `pulumi-resource-command-v1.2.1-linux-${goArchitecture}.tar.gz`,
    `pulumi-resource-kubernetes-v4.32.0-linux-${goArchitecture}.tar.gz`,
  ];
  return {
    [`/releases/sdk/pulumi-v3.259.0-linux-${processor}.tar.gz`]: cli,
    '/releases/sdk/pulumi-3.259.0-checksums.txt': `${sum('sha256', cli)}  pulumi-v3.259.0-linux-${processor}.tar.gz\n`,
    [`/v3.6.5/etcd-v3.6.5-linux-${goArchitecture}.tar.gz`]: etcd,
    '/v3.6.5/SHA256SUMS': `${sum('sha256', etcd)}  etcd-v3.6.5-linux-${goArchitecture}.tar.gz\n`,
    [`/v1.35.4/bin/linux/${goArchitecture}/kube-apiserver`]: server,
    [`/v1.35.4/bin/linux/${goArchitecture}/kube-apiserver.sha256`]: sum('sha256', server),
    [`/releases/plugins/${names[0]}`]: command,
    [`/releases/plugins/${names[1]}`]: kubernetes,
    '/releases/plugins/pulumi-command_1.2.1_checksums.txt': `${sum('sha1', command)}  ./${names[0]}\n`,
    '/releases/plugins/pulumi-kubernetes_4.32.0_checksums.txt': `${sum('sha1', kubernetes)}  ./${names[1]}\n`,
  };
}

/** A world whose three vendors are one server with these files. */
function worldWith(cache: string, base: string): World {
  const environment = {
    PATH: '/usr/bin:/bin',
    PULUMI_HOME: join(cache, 'no-pulumi'),
    CALISPRAY_DOWNLOAD_PULUMI: base,
    CALISPRAY_DOWNLOAD_KUBERNETES: base,
    CALISPRAY_DOWNLOAD_ETCD: base,
  };
  return { cache, environment, vendors: new Vendors({ environment }) };
}

describe('setup: parts from the vendors', () => {
  it('come as their archives and programs, and are offered on one PATH', async () => {
    await inScratch(async (cache) => {
      await withServer(files(vendorFiles(cache)), async (base) => {
        const names: Part[] = ['engine', 'etcd', 'kube-apiserver', 'providers'];
        await ensure(names.map(partNamed), worldWith(cache, base), { show: silently });
      });
      publish(cache);
      const tools = toolPaths(cache);
      assert.equal(readFileSync(tools.engine, 'utf8'), '#!/bin/sh\necho engine\n');
      assert.equal(readFileSync(tools.etcd, 'utf8'), '#!/bin/sh\necho etcd\n');
      assert.equal(statSync(tools.kubeApiserver).mode & 0o777, 0o755);
      assert.deepEqual(readdirSync(tools.bin), ['pulumi']);
      assert.deepEqual(readdirSync(tools.nodeBin).sort(), ['etcd', 'kube-apiserver']);
      assert.ok(statSync(join(tools.bin, 'pulumi')).isFile(), 'a real file, as the CLI wants');
      assert.equal(tools.providers, 'official');
      const plugin = join(tools.pulumiHome ?? '', 'plugins/resource-kubernetes-v4.32.0/pulumi-resource-kubernetes');
      assert.equal(readFileSync(plugin, 'utf8'), 'plugin kubernetes');
    });
  });

  for (const name of ['engine', 'etcd', 'kube-apiserver', 'providers'] as const) {
    it(`refuse ${name} when its checksum does not fit`, async () => {
      await inScratch(async (cache) => {
        const forged = Object.fromEntries(
          Object.entries(vendorFiles(cache)).map(([path, content]) => [
            path,
            /checksums|SUMS|sha256/.test(path)
              ? String(content).replace(/[0-9a-f]{40,}/, (hex) => '0'.repeat(hex.length))
              : content,
          ]),
        );
        await withServer(files(forged), (base) =>
          assert.rejects(ensure([partNamed(name)], worldWith(cache, base), { show: silently }), /checksum-wrong/),
        );
        assert.throws(() => statSync(placeOf(partNamed(name), cache)));
      });
    });
  }

  it('are built from their Go modules where no vendor answers', async () => {
    await inScratch(async (cache) => {
      const go = join(cache, 'go');
      writeFileSync(go, '#!/bin/sh\nprintf "go1.26.1\\nauto\\n"\n');
      chmodSync(go, 0o755);
      const world = await worldIn(cache, { PATH: `${cache}:/usr/bin:/bin` });
      for (const name of ['engine', 'kube-apiserver', 'etcd', 'kubectl', 'language-host'] as const) {
        const { offer } = await firstOffer(partNamed(name).sources, world);
        assert.match(offer?.says ?? '', /^build \S+ from its Go module$/);
      }
    });
  });
});

describe('setup: parts the user has', () => {
  const pulumi = (cache: string, version: string): string => {
    const bin = join(cache, 'own');
    mkdirSync(bin);
    for (const name of ['pulumi', 'pulumi-language-nodejs', 'other']) {
      writeFileSync(join(bin, name), `#!/bin/sh\necho ${version}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    return bin;
  };

  it('are copied from PATH, with what belongs to them', async () => {
    await inScratch(async (cache) => {
      const world = await worldIn(cache, { PATH: `${pulumi(cache, 'v3.259.0')}:/usr/bin:/bin` });
      const [made] = await ensure([partNamed('engine')], world, { show: silently });
      assert.match(made?.how ?? '', /^copy .*\/own\/pulumi, .*\/own\/pulumi-language-nodejs$/);
      assert.deepEqual(readdirSync(join(placeOf(partNamed('engine'), cache), 'bin')).sort(), [
        'pulumi',
        'pulumi-language-nodejs',
      ]);
    });
  });

  it('give the language host that belongs to the engine', async () => {
    await inScratch(async (cache) => {
      const world = await worldIn(cache, { PATH: `${pulumi(cache, 'v3.259.0')}:/usr/bin:/bin` });
      await ensure([partNamed('language-host')], world, { show: silently });
      assert.deepEqual(readdirSync(toolPaths(cache).languageHost), ['pulumi-language-nodejs']);
    });
  });

  it('are left alone at another version', async () => {
    await inScratch(async (cache) => {
      const world = await worldIn(cache, { PATH: `${pulumi(cache, 'v3.258.0')}:/usr/bin:/bin` });
      const [onPath] = partNamed('engine').sources;
      const answer = await onPath?.(world);
      assert.ok(answer !== undefined && isRefusal(answer));
      assert.match(answer.message, /another version: v3\.258\.0/);
    });
  });

  it('are no plugins when they are our own stand-ins', async () => {
    await inScratch(async (cache) => {
      for (const plugin of ['command-v1.2.1', 'kubernetes-v4.32.0']) {
        const folder = join(cache, 'home', 'plugins', `resource-${plugin}`);
        mkdirSync(folder, { recursive: true });
        const file = join(folder, `pulumi-resource-${plugin.split('-')[0]}`);
        writeFileSync(file, '#!/bin/sh\nexec node main.ts\n', { mode: 0o755 });
      }
      const world = await worldIn(cache, { PULUMI_HOME: join(cache, 'home') });
      const { offer } = await firstOffer(partNamed('providers').sources, world);
      assert.equal(offer, undefined);
    });
  });
});

describe('setup: what is missing on the machine', () => {
  it('is Go: the way to get it is named', async () => {
    const answer = await findGo({ PATH: '/nonexistent' }, 'pulumi', '/nonexistent');
    assert.ok(typeof answer !== 'string');
    assert.equal(answer.code, 'setup-no-go');
    assert.match(`${answer.message} ${answer.hint}`, /Go is missing.*Go >= 1\.25.*go\.dev/s);
  });

  it('is a Go that does not run', async () => {
    await inScratch(async (folder) => {
      writeFileSync(join(folder, 'go'), '#!/bin/sh\necho broken >&2\nexit 1\n', { mode: 0o755 });
      const answer = await findGo({ PATH: `${folder}:/usr/bin:/bin` }, 'pulumi', '/nonexistent');
      assert.ok(typeof answer !== 'string');
      assert.match(answer.message, /does not run: .*broken/s);
    });
  });

  for (const [version, toolchain, fits] of [
    ['go1.24.9', 'auto', false],
    ['go1.25.1', 'local', false],
    ['go1.25.1', 'auto', true],
    ['go1.25.11', 'local', true],
    ['go1.26.0', 'local', true],
    ['go2.0', 'local', true],
  ] as const) {
    it(`is a Go that is too old, or not: ${version} with GOTOOLCHAIN=${toolchain}`, async () => {
      await inScratch(async (folder) => {
        const script = `#!/bin/sh\nprintf '${version}\\n${toolchain}\\n'\n`;
        writeFileSync(join(folder, 'go'), script, { mode: 0o755 });
        const answer = await findGo({ PATH: `${folder}:/usr/bin:/bin` }, 'pulumi');
        assert.equal(typeof answer === 'string', fits, JSON.stringify(answer));
        if (typeof answer !== 'string') assert.match(answer.message, new RegExp(version.replaceAll('.', '\\.')));
      });
    });
  }

  it('is root: sudo is named, and what needs neither root nor nodes', () => {
    const refusal = withoutRoot('make the image of its nodes', 1000);
    assert.equal(refusal?.code, 'setup-no-root');
    assert.match(refusal?.hint ?? '', /sudo.*npm run preview -- --stack dev.*neither root nor nodes/);
    assert.equal(withoutRoot('make the image of its nodes', 0), undefined);
  });

  it('is a Python 3.11 with venv: another one on PATH is not taken', async () => {
    await inScratch(async (folder) => {
      writeFileSync(join(folder, 'python3.11'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
      writeFileSync(join(folder, 'python3'), '#!/bin/sh\necho False /opt/python3\n', { mode: 0o755 });
      const none = await findPython({ PATH: folder }, '/nonexistent/python3.11');
      assert.ok(typeof none !== 'string');
      assert.match(none.hint, /python3-venv/);
      writeFileSync(join(folder, 'python3'), '#!/bin/sh\necho True /opt/python3\n', { mode: 0o755 });
      assert.equal(await findPython({ PATH: folder }, '/nonexistent/python3.11'), '/opt/python3');
    });
  });
});
