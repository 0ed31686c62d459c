import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageDir } from '../../cli/project.ts';
import type { Report } from '../../kubespray/doctor/index.ts';
import { readEvidence } from '../../kubespray/doctor/read.ts';
import { Farm } from '../support/farm/index.ts';

/** Real sshds, which nobody has built a cluster of. */
describe('the doctor of nodes behind a jump host', () => {
  let farm: Farm;
  let dir: string;
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-doctor-farm-'));
    farm = await Farm.start({ nodes: 5 });
    const config = { 'calispray:cluster': farm.cluster({ jump: true }) };
    writeFileSync(join(dir, 'Pulumi.yaml'), 'name: calispray\nruntime: nodejs\n');
    writeFileSync(join(dir, 'Pulumi.farm.yaml'), JSON.stringify({ config }));
  });
  after(async () => {
    await farm?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('measures every path between them, and says that there is no API', async () => {
    const dump = join(dir, 'dump.json');
    const words = ['-C', dir, 'doctor', '--stack', 'farm', '--json', '--collect', dump];
    const child = farm.enter([process.execPath, join(packageDir, 'cli/main.ts'), ...words]);
    let [output, errors] = ['', ''];
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (errors += chunk));
    child.stdin?.end();
    const [code] = await once(child, 'close');
    assert.equal(code, 1, errors);
    const { unknown, unexplained } = JSON.parse(output) as Report;
    assert.deepEqual(
      unknown.map(({ what }) => what.split(' ')[0]),
      ['API'],
    );
    assert.deepEqual(
      unexplained.filter((one) => /^(node|path) /.test(one)),
      [],
    );
    const { nodes, paths } = readEvidence(readFileSync(dump, 'utf8'), dump);
    assert.deepEqual(Object.keys(nodes).sort(), ['node2', 'node3', 'node4', 'node5']);
    assert.deepEqual(
      paths.map(({ from, to, small, largest, tcp, udp }) => `${from} ${to} ${small} ${largest} ${tcp} ${udp}`).sort(),
      Object.keys(nodes)
        .flatMap((from) =>
          Object.keys(nodes).flatMap((to) => (from === to ? [] : [`${from} ${to} answered 1500 answered answered`])),
        )
        .sort(),
    );
    assert.equal(farm.log(1).match(/Accepted publickey/g)?.length, 1, 'one connection to the jump host');
  });
});
