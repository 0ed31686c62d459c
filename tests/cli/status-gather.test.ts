import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { gather } from '../../cli/status/gather.ts';
import { textOf } from '../../cli/status/text.ts';
import { UserError } from '../../cluster/finding.ts';
import { statusOf } from '../../kubespray/status/index.ts';
import { ShellNode } from '../support/shell-node.ts';
import { clusterOf } from '../support/stacks.ts';

const PATIENCE = { connect: 2, node: 20, source: 25 };

/** One node that answers, and one whose sshd takes a connection and never says a word. */
describe('gathering a status', () => {
  const node = new ShellNode();
  let mute: Server;
  before(async () => {
    await node.start();
    mute = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.2');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    node.declare((text) =>
      text.replace(/^( {6}masternode: .*)$/m, (line) => {
        const silent = line
          .replace('masternode', 'homelab')
          .replace('127.0.0.1', '127.0.0.2')
          .replace('[control-plane, etcd, worker]', '[worker]')
          .replace(/port: \d+/, `port: ${port}`);
        return `${line}\n${silent}`;
      }),
    );
  });
  after(() => {
    mute.close();
    node.stop();
  });

  const cluster = () =>
    clusterOf(parse(readFileSync(join(node.dir, 'Pulumi.dev.yaml'), 'utf8')).config['calispray:cluster']);
  const noKubeconfig = async (): Promise<string> => {
    throw UserError.of('no-kubeconfig', '', 'stack dev has no kubeconfig', 'Run up.');
  };

  it('hears of the others while one node is silent, and says of that one why', async () => {
    const asked = await gather(cluster(), { kubeconfig: noKubeconfig, secrets: false, lab: false }, () => {}, PATIENCE);
    const { masternode, homelab } = asked.nodes;
    assert.deepEqual(masternode !== undefined && 'value' in masternode && masternode.value.interface?.name, 'lo');
    assert.match(homelab !== undefined && 'unknown' in homelab ? homelab.unknown : '', /^homelab .* does not answer/);
    assert.deepEqual(asked.api, { unknown: 'stack dev has no kubeconfig' });
    assert.equal('value' in asked.live && asked.live.value.cluster, 'none');
    assert.deepEqual(asked.runs, { value: [] });
    assert.ok('value' in asked.steps && asked.steps.value > 0, JSON.stringify(asked.steps));
    const status = statusOf(cluster(), asked);
    assert.equal(status.ok, false);
    assert.match(textOf(status, 'dev', '2026-11-23T18:47:56Z').join('\n'), /1 of 2 answer over SSH/);
    // Every command only asks.
    for (const told of node.told) assert.match(told, /^sh -s$|runs\.py|\/runner/);
  });

  it('waits for no source longer than it may', async () => {
    const never = () => new Promise<string>(() => {});
    const patience = { ...PATIENCE, source: 3 };
    const asked = await gather(cluster(), { kubeconfig: never, secrets: false, lab: false }, () => {}, patience);
    assert.deepEqual(asked.api, { unknown: 'no answer within 3 s' });
  });

  it('takes a mistake of ours for one, not for a fault of the cluster', async () => {
    const mistaken = async (): Promise<string> => {
      throw new TypeError('undefined is not a function');
    };
    const asked = gather(cluster(), { kubeconfig: mistaken, secrets: false, lab: false }, () => {}, PATIENCE);
    await assert.rejects(asked, TypeError);
  });
});
