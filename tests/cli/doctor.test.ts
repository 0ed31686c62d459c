import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { mayBeWritten, readDump, writeDump } from '../../cli/doctor/dump.ts';
import { gather } from '../../cli/doctor/gather.ts';
import { textOf } from '../../cli/doctor/text.ts';
import { type Report, reportOf } from '../../kubespray/doctor/index.ts';
import { readEvidence } from '../../kubespray/doctor/read.ts';
import { healthy } from '../kubespray/doctor/support/healthy.ts';
import { withManyNodes } from '../support/farm/many.ts';
import { ShellNode } from '../support/shell-node.ts';
import { clusterOf } from '../support/stacks.ts';

const PATIENCE = { connect: 4, node: 60, api: 60, paths: 60 };
const SECRET = 'correct-horse-battery-staple';

describe('calispray doctor', () => {
  const node = new ShellNode();
  let mute: Server;
  before(async () => {
    await node.start();
    mute = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.2');
    await once(mute, 'listening');
    node.declare((text) => text.concat(`\n  calispray:secretVariables: { registry: ${SECRET} }\n`));
  });
  after(() => {
    mute.close();
    node.stop();
  });

  const raw = () => parse(readFileSync(join(node.dir, 'Pulumi.dev.yaml'), 'utf8')).config['calispray:cluster'];
  /** With a second node, which takes a connection and never says a word. */
  const withMute = () => {
    const { masternode } = raw().nodes;
    const { port } = mute.address() as AddressInfo;
    const homelab = { address: '127.0.0.2', roles: ['worker'], ssh: { ...masternode.ssh, port } };
    return { ...raw(), nodes: { masternode, homelab } };
  };
  const file = (name: string) => join(node.dir, name);

  it('hears of the others while one node is silent, and says of that one and of the API why', async () => {
    const said: string[] = [];
    const evidence = await gather(clusterOf(withMute()), withMute(), (line) => said.push(line), PATIENCE);
    const { masternode, homelab } = evidence.nodes;
    assert.ok(masternode !== undefined && 'value' in masternode, JSON.stringify(masternode));
    assert.ok(masternode.value.links.some(({ name }) => name === 'lo'));
    assert.ok(
      Math.abs(masternode.value.clock.ahead) <= masternode.value.clock.within,
      JSON.stringify(masternode.value.clock),
    );
    assert.match(homelab !== undefined && 'unknown' in homelab ? homelab.unknown : '', /^homelab .* does not answer/);
    assert.match('unknown' in evidence.api ? evidence.api.unknown : '', /^masternode: there is no .*admin\.conf$/);
    // Whether it is down, others can tell.
    assert.deepEqual(
      evidence.paths.map(({ from, to, small, largest }) => [from, to, small, largest]),
      [['masternode', 'homelab', 'answered', 65_535]],
    );
    assert.equal(evidence.lab, false);
    assert.match(said.join('\n'), /^1 of 2 nodes answer, the API does not.*\nMeasured 1 path/);
    const report = reportOf(evidence);
    assert.equal(report.ok, false);
    assert.ok(report.unknown.some(({ what }) => what === 'node homelab'));
    // Every command only asks.
    for (const told of node.told) assert.match(told, /^sh -s$|^date \+%s\.%N$/);
  });

  it('asks the next control-plane node for the API where the first is silent', async () => {
    const value = withMute();
    value.kubespray = { ...value.kubespray, order: ['homelab', 'masternode'] };
    value.nodes.homelab.roles = ['control-plane', 'etcd'];
    const { api } = await gather(clusterOf(value), value, () => {}, PATIENCE);
    assert.match(
      'unknown' in api ? api.unknown : '',
      /^homelab .* does not answer.*; masternode: there is no .*admin\.conf$/,
    );
  });

  it('writes what it was told for its owner alone, without secrets, and judges it elsewhere to the same report', async () => {
    const path = file('dump.json');
    const asked = await node.calispray('doctor', '--stack', 'dev', '--json', '--collect', path);
    assert.equal(asked.code, 1, asked.err);
    const report = JSON.parse(asked.out) as Report;
    assert.deepEqual([report.ok, report.cluster], [false, 'vmstation']);
    assert.match(asked.err, /Wrote .*dump\.json, readable by you alone\. Not in it: SSH keys/);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const text = readFileSync(path, 'utf8');
    for (const secret of [SECRET, node.dir, 'hostKey', 'PRIVATE KEY']) assert.ok(!text.includes(secret), secret);

    const elsewhere = await node.calispray('-C', '/nowhere', 'doctor', '--from', path, '--json');
    assert.deepEqual([elsewhere.code, JSON.parse(elsewhere.out)], [1, report]);
    const shown = await node.calispray('doctor', '--from', path);
    assert.equal(shown.code, 1);
    assert.deepEqual(shown.out.trimEnd().split('\n'), textOf(report).join('\n').split('\n'));
    const commands = textOf(report, 'dev').join('\n');
    assert.ok(!commands.includes('--stack NAME'), 'where the stack is known, commands are as they can be run');
    // One of ours is written anew; nothing lies beside it.
    writeDump(path, healthy({ way: 'ipip' }));
    assert.deepEqual(
      readdirSync(node.dir).filter((name) => name.includes('dump')),
      ['dump.json'],
    );
  });

  it('asks nobody where the file cannot be written, and takes none that is another’s', async () => {
    const before = node.told.length;
    writeFileSync(file('mine.txt'), 'kind: Config\n');
    const over = await node.calispray('doctor', '--stack', 'dev', '--collect', file('mine.txt'));
    assert.deepEqual([over.code, /would-overwrite/.test(over.err)], [1, true], over.err);
    assert.equal(readFileSync(file('mine.txt'), 'utf8'), 'kind: Config\n');
    const both = await node.calispray('doctor', '--from', file('mine.txt'), '--collect', file('other.json'));
    assert.deepEqual(
      [both.code, /one-source/.test(both.err), existsSync(file('other.json'))],
      [1, true, false],
      both.err,
    );
    assert.throws(() => mayBeWritten(file('no/such/dump.json')), /no-folder/);
    assert.throws(() => mayBeWritten(node.dir), /would-overwrite/);
    assert.throws(() => readDump(file('mine.txt')), /foreign-dump/);
    assert.throws(() => readDump(file('none.json')), /cannot-read/);
    assert.equal(node.told.length, before);
  });

  it('has no more than 64 connections at a time, and one that stays open for the API', async () => {
    const served = await withManyNodes(100, async (cluster) => {
      const { nodes, api } = await gather(clusterOf(cluster), cluster, () => {}, { ...PATIENCE, connect: 60 });
      assert.equal(Object.keys(nodes).length, 100);
      // They answer all questions with the facts of a node.
      for (const node of Object.values(nodes)) assert.match('unknown' in node ? node.unknown : '', /not whole/);
      assert.match('unknown' in api ? api.unknown : '', /not whole/);
    });
    assert.deepEqual([served.connections, served.most <= 65], [100, true], JSON.stringify(served));
  });

  it('finds nothing in a healthy cluster, and ends well', async () => {
    writeDump(file('healthy.json'), healthy({ way: 'ipip' }));
    const { code, out, err } = await node.calispray('doctor', '--from', file('healthy.json'));
    assert.deepEqual([code, err], [0, '']);
    assert.equal(out, 'vmstation: nothing found  (2026-01-15 12:00 UTC)\n');
    assert.ok(readEvidence(readFileSync(file('healthy.json'), 'utf8'), 'x'));
  });
});
