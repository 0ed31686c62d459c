import assert from 'node:assert/strict';
import { askNodes } from '../../cli/ssh/ask.ts';
import { withManyNodes } from '../support/farm/many.ts';
import { clusterOf } from '../support/stacks.ts';

describe('five hundred nodes', () => {
  it('are all asked, by one connection each, and no more than 64 at a time', async () => {
    const said: string[] = [];
    const served = await withManyNodes(500, async (cluster) => {
      assert.deepEqual(await askNodes(clusterOf(cluster), (line) => said.push(line), 60), []);
    });
    assert.match(said.join('\n'), /^Nodes: all 500 answer and are fit/);
    assert.equal(served.connections, 500);
    assert.ok(served.most <= 64 && served.most > 32, `${served.most} at a time`);
  });
}).timeout(300_000);
