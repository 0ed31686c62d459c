import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../cluster/finding.ts';
import { download, Unavailable } from '../../setup/download.ts';
import { files, inScratch, sum, withServer } from './support/scratch.ts';

const content = Buffer.alloc(300_000, 'calispray');

/** Downloads `/tool.tgz` with this text in `/sums.txt`; gives the file's content. */
function downloadWith(sums: string): Promise<Buffer> {
  return inScratch((folder) =>
    withServer(files({ '/tool.tgz': content, '/sums.txt': sums }), async (base) => {
      await download(`${base}/tool.tgz`, `${base}/sums.txt`, join(folder, 'file'));
      return readFileSync(join(folder, 'file'));
    }),
  );
}

describe('setup: download', () => {
  for (const algorithm of ['sha1', 'sha256', 'sha512']) {
    it(`checks a ${algorithm} sum`, async () => {
      assert.deepEqual(
        await downloadWith(`${'0'.repeat(40)}  other.tgz\n${sum(algorithm, content)}  tool.tgz\n`),
        content,
      );
    });
  }

  for (const [name, line] of [
    ['a path before the name', './tool.tgz'],
    ['the mark of binary mode', '*tool.tgz'],
  ]) {
    it(`reads a checksum line with ${name}`, async () => {
      assert.deepEqual(await downloadWith(`${sum('sha256', content)} ${line}\n`), content);
    });
  }

  it('reads a checksum file that holds the digits alone', async () => {
    assert.deepEqual(await downloadWith(`${sum('sha256', content)}\n`), content);
  });

  it('refuses a file with another checksum, naming both', async () => {
    const wrong = sum('sha256', 'something else');
    await assert.rejects(downloadWith(`${wrong}  tool.tgz\n`), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.findings[0]?.code, 'checksum-wrong');
      assert.ok(error.message.includes(wrong) && error.message.includes(sum('sha256', content)));
      return true;
    });
  });

  it('does not use a file whose checksum the vendor does not give', async () => {
    await assert.rejects(downloadWith(`${sum('sha256', content)}  other.tgz\n`), Unavailable);
    await assert.rejects(downloadWith('<html>not a checksum file</html>'), Unavailable);
  });

  it('asks for nothing large when there is no checksum file', async () => {
    const asked: string[] = [];
    await inScratch((folder) =>
      withServer(files({ '/tool.tgz': content }, asked), async (base) => {
        await assert.rejects(download(`${base}/tool.tgz`, `${base}/sums.txt`, join(folder, 'file')), Unavailable);
        assert.ok(!existsSync(join(folder, 'file')));
      }),
    );
    assert.deepEqual(asked, ['GET /sums.txt']);
  });

  it('notices a file that breaks off half-way', async () => {
    await inScratch((folder) =>
      withServer(
        (request, response) => {
          if (request.url === '/sums.txt') response.end(`${sum('sha256', content)}  tool.tgz\n`);
          else {
            response.writeHead(200, { 'content-length': content.length });
            response.write(content.subarray(0, 1000), () => response.destroy());
          }
        },
        (base) => assert.rejects(download(`${base}/tool.tgz`, `${base}/sums.txt`, join(folder, 'file')), Unavailable),
      ),
    );
  });

  it('refuses a file that was cut but looks whole', async () => {
    const sums = `${sum('sha256', content)}  tool.tgz\n`;
    await inScratch((folder) =>
      withServer(files({ '/tool.tgz': content.subarray(0, 1000), '/sums.txt': sums }), (base) =>
        assert.rejects(download(`${base}/tool.tgz`, `${base}/sums.txt`, join(folder, 'file')), /checksum-wrong/),
      ),
    );
  });

  it('ends at once when set-up is interrupted', async () => {
    const stop = new AbortController();
    await inScratch((folder) =>
      withServer(
        () => stop.abort(new Error('interrupted')),
        (base) =>
          assert.rejects(
            download(`${base}/tool.tgz`, `${base}/sums.txt`, join(folder, 'file'), stop.signal),
            /interrupted/,
          ),
      ),
    );
  });
});
