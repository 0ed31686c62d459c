import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../../cluster/finding.ts';
import { Unavailable } from '../../setup/download.ts';
import { ensure } from '../../setup/ensure.ts';
import { type PartSpec, placeOf, type Source } from '../../setup/part.ts';
import { inScratch, part, silently, worldIn } from './support/scratch.ts';

const show = silently;

const refusing =
  (code: string, hint = 'mend it'): Source =>
  async () => ({ code, message: `${code}.`, hint });

function codesOf(error: unknown): string[] {
  assert.ok(error instanceof UserError, String(error));
  return error.findings.map(({ code, path }) => `${code} at ${path}`);
}

describe('setup: ensure', () => {
  it('makes what is missing, tells what it took, and then finds it', async () => {
    await inScratch(async (cache) => {
      const world = await worldIn(cache);
      const spec = part('crds', async ({ into, run }) => {
        const { ok, output } = await run([
          'sh',
          '-c',
          'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo counted',
        ]);
        assert.ok(ok);
        writeFileSync(join(into, 'file'), output);
      });
      const [made] = await ensure([spec], world, { show });
      assert.equal(readFileSync(join(placeOf(spec, cache), 'file'), 'utf8'), 'counted\n');
      assert.equal(made?.how, 'make crds');
      assert.ok(made.cpu > 0, 'the CPU time of the child is counted');
      assert.deepEqual(await ensure([spec], world, { show }), []);
    });
  });

  it('goes to the next source when one turns out not to serve, with an empty folder', async () => {
    await inScratch(async (cache) => {
      const first = part('etcd', async ({ into }) => {
        writeFileSync(join(into, 'half'), '');
        throw new Unavailable('the site broke off');
      });
      const second = part('etcd', async ({ into }) => writeFileSync(join(into, 'whole'), ''));
      const spec = { ...second, sources: [refusing('not-on-path'), ...first.sources, ...second.sources] };
      await ensure([spec], await worldIn(cache), { show });
      assert.deepEqual(readdirSync(placeOf(spec, cache)).sort(), ['.complete', 'whole']);
    });
  });

  it('says why when no source is left', async () => {
    await inScratch(async (cache) => {
      const broken = part('etcd', async () => {
        throw new Unavailable('the site broke off');
      });
      const spec = { ...broken, sources: [...broken.sources, refusing('setup-no-go', 'install Go')] };
      await assert.rejects(ensure([spec], await worldIn(cache), { show }), (error) => {
        assert.deepEqual(codesOf(error), ['setup-unavailable at etcd']);
        assert.match(String(error), /the site broke off.*setup-no-go.*install Go/s);
        return true;
      });
    });
  });

  it('does not go past a wrong checksum', async () => {
    await inScratch(async (cache) => {
      let built = false;
      const forged = part('etcd', async () => {
        throw UserError.of('checksum-wrong', 'x', 'It is another file.', 'Ask.');
      });
      const build = part('etcd', async () => {
        built = true;
      });
      const spec = { ...forged, sources: [...forged.sources, ...build.sources] };
      await assert.rejects(ensure([spec], await worldIn(cache), { show }), /checksum-wrong/);
      assert.ok(!built);
      assert.ok(!existsSync(placeOf(spec, cache)));
    });
  });

  it('refuses before anything is made, naming the parts of one reason together', async () => {
    await inScratch(async (cache) => {
      let made = false;
      const fine = part('engine', async () => {
        made = true;
      });
      const impossible = (name: PartSpec['name'], code: string): PartSpec => ({
        ...fine,
        name,
        sources: [refusing(code)],
      });
      const specs = [
        fine,
        impossible('etcd', 'setup-no-go'),
        impossible('kubectl', 'setup-no-go'),
        impossible('base', 'setup-no-root'),
      ];
      await assert.rejects(ensure(specs, await worldIn(cache), { show }), (error) => {
        assert.deepEqual(codesOf(error), ['setup-no-go at etcd, kubectl', 'setup-no-root at base']);
        return true;
      });
      assert.ok(!made);
      assert.deepEqual(readdirSync(cache), []);
    });
  });

  it('refuses a disk that is too small before anything is made', async () => {
    await inScratch(async (cache) => {
      const spec = part('base', async () => assert.fail('nothing may be made'), { mebibytes: 700 });
      const freeSpace = (): number => 699 * 2 ** 20;
      await assert.rejects(ensure([spec], await worldIn(cache), { show, freeSpace }), (error) => {
        assert.deepEqual(codesOf(error), [`setup-no-disk at ${cache}`]);
        assert.match(String(error), /needs 700 MiB.*has 699 MiB.*CALISPRAY_CACHE/s);
        return true;
      });
      assert.ok(!existsSync(placeOf(spec, cache)));
    });
  });

  it('refuses a cache it cannot write to', async () => {
    await inScratch(async (folder) => {
      writeFileSync(join(folder, 'file'), '');
      const cache = join(folder, 'file', 'cache');
      const spec = part('base', async () => assert.fail('nothing may be made'));
      await assert.rejects(ensure([spec], await worldIn(cache), { show }), (error) => {
        assert.deepEqual(codesOf(error), [`setup-cache-unwritable at ${cache}`]);
        return true;
      });
    });
  });

  it('makes a part after those it follows, and others beside it', async () => {
    await inScratch(async (cache) => {
      const order: string[] = [];
      const noting = (name: PartSpec['name'], milliseconds: number, after: PartSpec['name'][] = []): PartSpec =>
        part(
          name,
          async () => {
            order.push(`${name} begins`);
            await pause(milliseconds);
            order.push(`${name} ends`);
          },
          { after, lane: name === 'crds' ? 'python' : 'system' },
        );
      const specs = [noting('base', 10, ['debian', 'etcd']), noting('debian', 200), noting('crds', 50)];
      await ensure(specs, await worldIn(cache), { show });
      assert.ok(order.indexOf('base begins') > order.indexOf('debian ends'), order.join(', '));
      assert.ok(order.indexOf('crds begins') < order.indexOf('debian ends'), order.join(', '));
    });
  });

  it('ends the other parts when one fails, and cleans up after them', async () => {
    await inScratch(async (cache) => {
      let result: unknown;
      const long = part('base', async ({ run }) => {
        result = await run(['sleep', '600']).catch((error: unknown) => error);
        throw result;
      });
      const failing = part('crds', async () => {
        await pause(200);
        throw UserError.of('setup-pip-failed', 'crds', 'No luck.', 'Try again.');
      });
      await assert.rejects(ensure([long, failing], await worldIn(cache), { show }), /setup-pip-failed/);
      assert.match(String(result), /setup-pip-failed/);
      assert.deepEqual(
        readdirSync(join(cache, 'tools')).filter((name) => !name.endsWith('.lock')),
        [],
      );
    });
  });

  it('lets something else take the place of a part that cannot be had, and remembers that for a while', async () => {
    await inScratch(async (cache) => {
      let asked = 0;
      const source: Source = async () => {
        asked += 1;
        return { code: 'x', message: 'no', hint: 'none' };
      };
      const spec: PartSpec = { ...part('providers', async () => {}), sources: [source], otherwise: 'the stand-ins' };
      const world = await worldIn(cache);
      assert.deepEqual(await ensure([spec], world, { show }), []);
      assert.deepEqual(await ensure([spec], world, { show }), []);
      assert.equal(asked, 1);
      await ensure([spec], world, { show, askAgain: true });
      assert.equal(asked, 2);
    });
  });
});
