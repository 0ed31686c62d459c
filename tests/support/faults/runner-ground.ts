import { spawn } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Cluster } from '../../../cluster/index.ts';
import { inventoryFiles } from '../../../components/inventory.ts';
import {
  ensureCommand,
  layRunnerCommand,
  recordCommand,
  remotePython,
  remoteScript,
  runnerFiles,
  settleCommand,
} from '../../../components/remote/index.ts';
import { kubespraySource } from '../../../components/source.ts';
import { desiredOf } from '../../../kubespray/plan/index.ts';
import type { Desired } from '../../../kubespray/plan/types.ts';
import { netnsPath, nodes } from '../../../lab/topology.ts';
import type { Ran } from '../calispray.ts';
import { clusterOf } from '../stacks.ts';
import type { Running } from './fault.ts';
import { Ground, told } from './ground.ts';

/**
 * The same ground where the engine adds nothing to a fault: `up` is then what the resources of an `up` do on the controller,
 * one after the other over one SSH connection: the inventory is laid, each fact is ensured, the record is read.
 */
export class RunnerGround extends Ground {
  /** Seconds a run may last, where a fault needs it short. */
  limitSeconds: number | undefined;

  /** The controller made ready as its component does it, and the cluster built by the first `up`. */
  override async build(): Promise<void> {
    await this.prepare();
    await this.mend();
    this.change();
    const { digest } = kubespraySource(this.#cluster());
    const tar = `.calispray-bundle-${digest}.tar`;
    const key = await this.controller.sh(remoteScript('controller-key.sh', { CLUSTER: 'lab' }));
    for (const { name } of nodes) await this.node(name).sh(remoteScript('authorise.sh', { CLUSTER: 'lab' }), key);
    await this.controller.sh(layRunnerCommand('lab'), JSON.stringify(runnerFiles()));
    copyFileSync(this.bundle, this.controller.place(`/root/${tar}`));
    await this.controller.sh(remoteScript('kubespray-from-bundle.sh', { CLUSTER: 'lab', DIGEST: digest, BUNDLE: tar }));
    const built = await this.up().ended;
    if (built.code !== 0) throw new Error(`the cluster was not built:\n${built.text}`);
  }

  override up(): Running {
    const address = nodes.find((node) => node.name === 'masternode')?.address;
    const { labDir, lab } = this.calispray;
    const options = ['BatchMode=yes', 'StrictHostKeyChecking=yes', 'ConnectTimeout=10', 'LogLevel=ERROR'];
    const known = `UserKnownHostsFile=${join(labDir, 'known_hosts')}`;
    const ssh = ['ssh', '-F', '/dev/null', '-i', join(labDir, 'id_ed25519')];
    const flags = [...options, known].flatMap((option) => ['-o', option]);
    const argv = [`--net=${netnsPath(lab, 'workstation')}`, '--', ...ssh, ...flags, `root@${address}`, 'sh -s'];
    const child = spawn('nsenter', argv, { stdio: ['pipe', 'pipe', 'pipe'] });
    const heard = Object.assign(child, { text: '' });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        heard.text += chunk;
      });
    }
    child.stdin.on('error', () => undefined); // a connection that breaks off says so by its exit code
    child.stdin.end(this.#script());
    return told(heard);
  }

  override again(): Running {
    return this.up();
  }

  override idle(up: Ran): boolean {
    return !/^run \d/m.test(up.text) && /nothing to do/.test(up.text);
  }

  #script(): string {
    const desired = this.#desired();
    const files = { ...inventoryFiles(this.#cluster()), 'desired.json': JSON.stringify(desired, null, 1) };
    const { facts } = desired;
    const parts: [words: string[], part: unknown][] = [
      [['release'], facts.release],
      [['settings'], facts.settings],
      [['calico'], facts.calico],
      ...Object.entries(facts.hosts).map(([name, part]): [string[], unknown] => [['member', name], part]),
      ...Object.entries(facts.peers).map(([name, part]): [string[], unknown] => [['peer', name], part]),
    ];
    const given = (command: string, value: unknown) => `${command} <<'GIVEN'\n${JSON.stringify(value, null, 1)}\nGIVEN`;
    return [
      'set -eu',
      given(`${remotePython('put-inventory.py', ['lab'])} > /dev/null`, files),
      ...parts.map(([words, part]) => given(ensureCommand('lab', words), { part })),
      `${settleCommand('lab')} && ${recordCommand('lab')} > /dev/null`,
      '',
    ].join('\n');
  }

  #desired(): Desired {
    const cluster = this.#cluster();
    const source = kubespraySource(cluster);
    const desired = desiredOf(cluster, source.folder, source.digest);
    const { limitSeconds = desired.runs.limitSeconds } = this;
    return { ...desired, runs: { ...desired.runs, limitSeconds } };
  }

  /** As the stack's file declares it now. */
  #cluster(): Cluster {
    const text = readFileSync(join(this.project, 'Pulumi.lab.yaml'), 'utf8');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the stack file's.
    const value = parse(text.replaceAll('${CALISPRAY_LAB_DIR}', this.calispray.labDir));
    return clusterOf(value.config['calispray:cluster']);
  }
}
