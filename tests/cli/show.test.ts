import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { factsOf } from '../../cli/show/facts.ts';
import { textOf } from '../../cli/show/text.ts';
import { calispray } from '../support/command.ts';
import { clusterOf, stackCluster, stacks } from '../support/stacks.ts';

const folder = join(import.meta.dirname, 'show');
const specs = readdirSync(folder);
const clusterIn = (name: string) => clusterOf(parse(readFileSync(join(folder, name, 'cluster.yaml'), 'utf8')));

/** `UPDATE_GOLDEN=1` writes it. */
function isGolden(file: string, text: string): void {
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
  assert.ok(existsSync(file), `${file} is missing: UPDATE_GOLDEN=1`);
  assert.equal(text, readFileSync(file, 'utf8'), file);
}

describe('calispray show', () => {
  for (const name of specs) {
    it(`of ${name} is as in tests/cli/show/${name}`, () => {
      const cluster = clusterIn(name);
      const facts = factsOf(cluster);
      isGolden(join(folder, name, 'golden/show.txt'), `${textOf(facts, cluster).join('\n')}\n`);
      isGolden(join(folder, name, 'golden/show.json'), `${JSON.stringify(facts, null, 2)}\n`);
    });
  }

  it('says what the release installs where the stack file says nothing, and why the API server is there', () => {
    const { kubernetes, calico, release, apiServer } = factsOf(clusterIn('reference'));
    assert.deepEqual(
      [release.ansible, kubernetes, calico],
      ['11.13.0', { version: '1.35.4', declared: false }, { version: '3.31.5', declared: false }],
    );
    assert.deepEqual(apiServer, { enabled: false, reason: 'auto: nothing declared is of projectcalico.org/v3' });
    assert.deepEqual(factsOf(clusterIn('racks')).apiServer, {
      enabled: true,
      reason: 'auto: IPPool rack-2 is of projectcalico.org/v3',
    });
    assert.deepEqual(factsOf(clusterIn('host-local')).apiServer, { enabled: true, reason: 'declared' });
  });

  it('has no line with blanks at its end, whatever the stack', () => {
    for (const stack of stacks) {
      const cluster = clusterOf(stackCluster(stack));
      assert.deepEqual(
        textOf(factsOf(cluster), cluster).filter((line) => line !== line.trimEnd()),
        [],
      );
    }
  });

  it('reads a stack or a file that holds just the cluster, without engine, in words and as JSON', () => {
    const spec = join(folder, 'racks', 'cluster.yaml');
    const words = calispray('show', '--spec', spec);
    assert.deepEqual(
      [words.code, words.err, words.out],
      [0, '', readFileSync(join(folder, 'racks', 'golden/show.txt'), 'utf8')],
    );
    const { ok, ...facts } = JSON.parse(calispray('show', '--spec', spec, '--json').out);
    assert.equal(ok, true);
    assert.deepEqual(facts, JSON.parse(readFileSync(join(folder, 'racks', 'golden/show.json'), 'utf8')));
    assert.match(calispray('show', '--stack', 'dev').out, /^ {2}backend +bird: /m);
    const none = calispray('show', '--json');
    assert.deepEqual([none.code, JSON.parse(none.out).findings[0].code], [1, 'no-cluster']);
  });
});
