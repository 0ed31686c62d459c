import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensure } from '../../setup/ensure.ts';
import { placeOf } from '../../setup/part.ts';
import { partNamed } from '../../setup/parts/index.ts';
import { firstOffer } from '../../setup/plan.ts';
import { versions } from '../../setup/versions.ts';
import { inScratch, silently, worldIn } from './support/scratch.ts';

const prometheus = partNamed('prometheus');

/** A folder with programs that are shell scripts; each notes its words in `said`. */
function programs(folder: string, scripts: Readonly<Record<string, string>>): string {
  const bin = join(folder, 'own');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(scripts)) writeFileSync(join(bin, name), script, { mode: 0o755 });
  return `${bin}:/usr/bin:/bin`;
}

describe('setup: Prometheus', () => {
  it('is copied where it is on PATH in its version', async () => {
    await inScratch(async (cache) => {
      const script = `#!/bin/sh\necho 'promtool, version ${versions.prometheus}+ds (branch: x)'\n`;
      const world = await worldIn(cache, { PATH: programs(cache, { promtool: script, prometheus: script }) });
      const [made] = await ensure([prometheus], world, { show: silently });
      assert.match(made?.how ?? '', /^copy .*\/own\/prometheus, .*\/own\/promtool$/);
      for (const name of ['prometheus', 'promtool'])
        assert.ok(existsSync(join(placeOf(prometheus, cache), 'bin', name)));
    });
  });

  it('is not, in another', async () => {
    await inScratch(async (cache) => {
      const script = `#!/bin/sh\necho 'promtool, version ${versions.prometheus}1 (branch: x)'\n`;
      const world = await worldIn(cache, { PATH: programs(cache, { promtool: script, prometheus: script }) });
      const { refusals } = await firstOffer(prometheus.sources, world);
      assert.match(refusals[0]?.message ?? '', /has another version/);
    });
  });

  it('is not, where one of the two is missing', async () => {
    await inScratch(async (cache) => {
      const script = `#!/bin/sh\necho 'promtool, version ${versions.prometheus} (branch: x)'\n`;
      const world = await worldIn(cache, { PATH: programs(cache, { promtool: script }) });
      const { refusals } = await firstOffer(prometheus.sources, world);
      assert.match(refusals[0]?.message ?? '', /prometheus is not on PATH|not beside each other/);
    });
  });

  it('says how else to get it where there is no apt-get', async () => {
    await inScratch(async (cache) => {
      const world = await worldIn(cache, { PATH: '/nonexistent' });
      const { offer, refusals } = await firstOffer(prometheus.sources, world);
      assert.equal(offer, undefined);
      assert.equal(refusals.at(-1)?.code, 'setup-no-apt');
      assert.match(refusals.at(-1)?.hint ?? '', new RegExp(`prometheus and promtool ${versions.prometheus} on PATH`));
    });
  });

  it('says what the archive did not give, and leaves nothing', async () => {
    await inScratch(async (cache) => {
      const apt = "#!/bin/sh\necho 'E: Failed to fetch prometheus  404  Not Found' >&2\nexit 100\n";
      const world = await worldIn(cache, { PATH: programs(cache, { 'apt-get': apt }) });
      const { offer } = await firstOffer(prometheus.sources, world);
      assert.match(offer?.says ?? '', /without installing/);
      const path = process.env.PATH;
      process.env.PATH = world.environment.PATH;
      try {
        await assert.rejects(ensure([prometheus], world, { show: silently }), /setup-registry-refused/);
      } finally {
        process.env.PATH = path;
      }
      const left = readdirSync(join(cache, 'tools')).filter(
        (name) => name.startsWith('prometheus') && !/\.lock$/.test(name),
      );
      assert.deepEqual(left, []);
    });
  });
});
