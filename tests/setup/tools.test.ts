import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { placeOf } from '../../setup/part.ts';
import { partNamed, parts } from '../../setup/parts/index.ts';
import { cacheDirectory, checkout, digest } from '../../setup/paths.ts';
import { toolPaths } from '../../setup/tools.ts';
import { versions } from '../../setup/versions.ts';
import { inScratch } from './support/scratch.ts';

describe('setup: tool paths', () => {
  it('lie in CALISPRAY_CACHE, or below the home folder', () => {
    assert.equal(cacheDirectory({}), join(homedir(), '.cache', 'calispray'));
    assert.equal(cacheDirectory({ CALISPRAY_CACHE: '/somewhere/else' }), '/somewhere/else');
  });

  it('are computed without making or needing anything', async () => {
    await inScratch(async (cache) => {
      const tools = toolPaths(cache);
      for (const [name, value] of Object.entries(tools)) {
        if (name !== 'providers') assert.ok(String(value).startsWith(cache), `${name}: ${value}`);
      }
      assert.equal(tools.providers, 'stand-in');
      assert.equal(tools.pulumiHome, undefined);
      assert.deepEqual(readdirSync(cache), []);
    });
  });

  it('change with the recipe', () => {
    const engine = partNamed('engine');
    const other = { ...engine, inputs: [...engine.inputs, 'another flag'] };
    assert.notEqual(placeOf(engine, '/c'), placeOf(other, '/c'));
    assert.equal(placeOf(engine, '/c'), placeOf({ ...engine }, '/c'));
    assert.notEqual(digest(['ab', 'c']), digest(['a', 'bc']));
  });

  it('belong to one part each', () => {
    const places = parts.map((part) => placeOf(part, '/c'));
    assert.equal(new Set(places).size, parts.length);
  });
});

describe('setup: versions', () => {
  const text = (path: string): string => readFileSync(join(checkout, path), 'utf8');

  it('are those of the npm packages that speak with them', () => {
    const { dependencies } = JSON.parse(text('package.json'));
    assert.equal(dependencies['@pulumi/pulumi'], versions.pulumi);
    assert.equal(dependencies['@pulumi/command'], versions.pulumiCommand);
    assert.equal(dependencies['@pulumi/kubernetes'], versions.pulumiKubernetes);
  });

  it('are those of the Go modules and Python packages that are built', () => {
    assert.ok(text('setup/go/pulumi/go.mod').includes(`github.com/pulumi/pulumi/pkg/v3 v${versions.pulumi}\n`));
    assert.ok(
      text('setup/go/language-host/go.mod').includes(`github.com/pulumi/pulumi/sdk/v3 v${versions.languageHost}\n`),
    );
    assert.ok(text('setup/go/kubernetes/go.mod').includes(`k8s.io/kubernetes v${versions.kubernetes}\n`));
    assert.ok(text('setup/go/kubernetes/go.mod').includes(`go.etcd.io/etcd/server/v3 v${versions.etcd}\n`));
    assert.ok(text('setup/go/prometheus-operator/go.mod').includes(` v${versions.prometheusOperator}\n`));
    assert.ok(text('setup/python/requirements.txt').includes(`\nansible==${versions.ansible} \\\n`));
  });

  it('have a hash for every Python package', () => {
    const lines = text('setup/python/requirements.txt').split('\n');
    const packages = lines.filter((line) => /^[a-z0-9-]+==/.test(line));
    assert.ok(packages.length > 10);
    for (const [index, line] of lines.entries()) {
      if (/==/.test(line) && !line.startsWith('#'))
        assert.match(lines[index + 1] ?? '', /^ {4}--hash=sha256:[0-9a-f]{64}/);
    }
  });
});
