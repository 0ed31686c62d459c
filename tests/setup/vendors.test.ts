import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Vendors } from '../../setup/vendors.ts';
import { inScratch, nobody, withServer } from './support/scratch.ts';

const at = (base: string) => ({
  CALISPRAY_DOWNLOAD_PULUMI: `${base}/pulumi/`,
  CALISPRAY_DOWNLOAD_KUBERNETES: `${base}/kubernetes`,
  CALISPRAY_DOWNLOAD_ETCD: `${base}/etcd`,
});

describe('setup: vendors', () => {
  it('takes the vendors’ own sites, or the mirror that a variable names', () => {
    assert.equal(new Vendors({ environment: {} }).base('kubernetes'), 'https://dl.k8s.io');
    assert.equal(
      new Vendors({ environment: { CALISPRAY_DOWNLOAD_ETCD: '' } }).base('etcd').slice(0, 18),
      'https://github.com',
    );
    assert.equal(new Vendors({ environment: at('http://127.0.0.1:1') }).base('pulumi'), 'http://127.0.0.1:1/pulumi');
  });

  it('asks each site once, all together, and gives up a silent one', async () => {
    const asked: string[] = [];
    await withServer(
      (request, response) => {
        asked.push(request.url ?? '');
        // Pulumi's answers with an error page, which is an answer; the others say nothing at all.
        if (request.url?.startsWith('/pulumi')) response.writeHead(403).end();
      },
      async (base) => {
        const vendors = new Vendors({ environment: at(base), patience: 300 });
        const names = ['pulumi', 'kubernetes', 'etcd', 'pulumi', 'kubernetes', 'etcd'] as const;
        const answers = await Promise.all(names.map((name) => vendors.reachable(name)));
        assert.deepEqual(answers, [true, false, false, true, false, false]);
        assert.equal(await vendors.reachable('etcd'), false);
      },
    );
    assert.deepEqual(asked.sort(), ['/etcd', '/kubernetes', '/pulumi']);
  });

  it('remembers an unreachable site for the next run, and asks again when told to', async () => {
    await inScratch(async (memory) => {
      const environment = at(await nobody());
      assert.equal(await new Vendors({ environment, memory }).reachable('etcd'), false);

      const asked: string[] = [];
      await withServer(
        (request, response) => {
          asked.push(request.url ?? '');
          response.end();
        },
        async (base) => {
          const mirrored = { ...environment, CALISPRAY_DOWNLOAD_PULUMI: base };
          const vendors = new Vendors({ environment: mirrored, memory });
          assert.equal(await vendors.reachable('etcd'), false);
          assert.equal(await vendors.reachable('pulumi'), true, 'another address is not the one remembered');
        },
      );
      assert.deepEqual(asked, ['/']);

      await withServer(
        (_request, response) => response.end(),
        async (base) => {
          const first = new Vendors({ environment: at(base), memory, patience: 1 });
          await first.reachable('pulumi');
          const again = new Vendors({ environment: at(base), memory, memorySeconds: 0 });
          assert.equal(await again.reachable('pulumi'), true);
        },
      );
    });
  });

  it('lives with a memory that was cut short', async () => {
    await inScratch(async (memory) => {
      writeFileSync(join(memory, 'unreachable.json'), '{"http://127');
      await withServer(
        (_request, response) => response.end(),
        async (base) => assert.equal(await new Vendors({ environment: at(base), memory }).reachable('etcd'), true),
      );
    });
  });
});
