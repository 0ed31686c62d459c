import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepareWorkspace } from '../../cli/engine/workspace.ts';
import { UserError } from '../../cluster/finding.ts';

const project = { dir: '/unused', name: 'calispray', program: '/unused', text: 'name: calispray\nruntime: nodejs\n' };
const file = { stack: 'lab', path: '/unused', text: 'config: {}\n', config: {}, source: {} as never };
const state = JSON.stringify({
  checkpoint: { latest: { secrets_providers: { type: 'passphrase', state: { salt: 'v1:abc=' } } } },
});

describe('a state that a full disk left half written', () => {
  const dir = mkdtempSync(join(tmpdir(), 'calispray-torn-'));
  const stacks = join(dir, 'backend/.pulumi/stacks/calispray');
  const path = join(stacks, 'lab.json');
  const work = join(dir, 'work');
  const said: string[] = [];
  const prepare = () =>
    prepareWorkspace(work, project, file, pathToFileURL(join(dir, 'backend')).href, (line) => said.push(line));

  before(() => mkdirSync(stacks, { recursive: true }));
  after(() => rmSync(dir, { recursive: true }));

  it('is the one before it again, and that is said', () => {
    writeFileSync(path, state.slice(0, 40));
    writeFileSync(`${path}.bak`, state);
    prepare();
    assert.equal(readFileSync(path, 'utf8'), state);
    assert.match(readFileSync(join(work, 'Pulumi.lab.yaml'), 'utf8'), /encryptionsalt: v1:abc=/);
    assert.match(said.join(), /half written/);
  });

  it('is told in words where that one is not whole either', () => {
    writeFileSync(path, state.slice(0, 40));
    writeFileSync(`${path}.bak`, '');
    assert.throws(prepare, (error) => error instanceof UserError && /state-torn/.test(error.findings[0]?.code ?? ''));
  });
});
