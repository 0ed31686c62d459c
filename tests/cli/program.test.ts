import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProgram } from '../../cli/engine/program.ts';
import { findProject } from '../../cli/project.ts';
import { UserError } from '../../cluster/finding.ts';

describe('the program of a project', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-program-'));
    writeFileSync(join(dir, 'Pulumi.yaml'), 'name: own\nruntime: nodejs\n');
  });
  after(() => rmSync(dir, { recursive: true }));

  it('is missed in a sentence: a folder with a stack file alone can be checked, not previewed', async () => {
    await assert.rejects(loadProgram(findProject(dir)), (error) => {
      assert(error instanceof UserError);
      assert.match(error.message, /no-program.*index\.ts does not exist/);
      return true;
    });
  });

  it('is the default export of the file that Pulumi.yaml names', async () => {
    writeFileSync(join(dir, 'index.ts'), 'export default async () => ({ made: true });\n');
    assert.deepEqual(await (await loadProgram(findProject(dir))).default(), { made: true });
  });
});
