/** The policy pack under the real engine, for programs of a test's own. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import {
  type EngineEvent,
  LocalWorkspace,
  PulumiCommand,
  type PulumiFn,
  type Stack,
} from '@pulumi/pulumi/automation/index.js';
import { Journal } from '../../cli/engine/journal.ts';
import { subjectOf } from '../../kubespray/index.ts';
import { installStandIns } from '../../lab/providers/install.ts';
import type { Subject } from '../../policies/rules/index.ts';
import { toolPaths } from '../../setup/index.ts';
import { clusterOf, stackCluster } from './stacks.ts';

const pack = join(import.meta.dirname, '../../policies');

export type Levels = Readonly<Record<string, string>>;

/** What another program might write: our component's type, and its inputs by hand. */
export class Handwritten extends pulumi.ComponentResource {
  constructor(name: string, subject: object) {
    super('calispray:kubespray:Inventory', name, { ...subject });
    this.registerOutputs({});
  }
}

/** A program that declares the lab's inventory so, with a change to it. */
export function handwritten(change: (subject: Subject) => object): PulumiFn {
  return async () => {
    new Handwritten('own', change(subjectOf(clusterOf(stackCluster('lab')))));
  };
}

export class PackOnEngine {
  readonly folder = mkdtempSync(join(tmpdir(), 'calispray-pack-'));
  readonly tools = toolPaths();
  private readonly env: Record<string, string>;
  private engine: PulumiCommand | undefined;

  constructor() {
    const home = this.tools.pulumiHome ?? join(this.folder, 'home');
    if (this.tools.pulumiHome === undefined) installStandIns(home, process.execPath);
    for (const name of ['state', 'work']) mkdirSync(join(this.folder, name));
    this.env = {
      PATH: [dirname(process.execPath), pack, process.env.PATH].join(delimiter),
      PULUMI_HOME: home,
      PULUMI_CONFIG_PASSPHRASE: 'pack',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    };
    // As `calispray` says to the program: the pack judges, the component need not.
    process.env.CALISPRAY_PACK = '1';
  }

  remove(): void {
    delete process.env.CALISPRAY_PACK;
    rmSync(this.folder, { recursive: true });
  }

  async select(program: PulumiFn): Promise<Stack> {
    this.engine ??= await PulumiCommand.get({ root: dirname(dirname(this.tools.engine)) });
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: 'pack', projectName: 'pack', program },
      {
        pulumiCommand: this.engine,
        workDir: join(this.folder, 'work'),
        projectSettings: { name: 'pack', runtime: 'nodejs', backend: { url: `file://${this.folder}/state` } },
        envVars: this.env,
      },
    );
    stack.info = async () => undefined; // a start of the engine more, for what nobody reads
    return stack;
  }

  /** What a run of the program reports: violations as `level code`, their texts, remediations, and whether it succeeded. */
  async run(act: 'preview' | 'up', program: PulumiFn, levels?: Levels) {
    const stack = await this.select(program);
    stack.outputs = async () => ({});
    const violations: { level: string; code: string; message: string; severity: string }[] = [];
    const journal = new Journal();
    const onEvent = (event: EngineEvent): void => {
      journal.take(event);
      if (event.policyEvent === undefined) return;
      const { enforcementLevel: level, policyName: code, message } = event.policyEvent;
      const { severity = '' } = event.policyEvent as { severity?: string };
      violations.push({ level, code, message, severity });
    };
    const policyPackConfigs = levels === undefined ? [] : [this.file('levels.json', JSON.stringify(levels))];
    const options = { policyPacks: [pack], policyPackConfigs, onEvent, color: 'never' as const };
    let failure = '';
    await (act === 'up' ? stack.up(options) : stack.preview(options)).catch((error: Error) => {
      failure = error.message;
    });
    const codes = violations.map((v) => `${v.level} ${v.code}`).sort();
    return { ok: failure === '', failure, violations, codes, remediations: journal.remediations };
  }

  preview(program: PulumiFn, levels?: Levels) {
    return this.run('preview', program, levels);
  }

  /** `pulumi policy analyze` of a state, as text. */
  analyze(state: string, levels?: Levels): SpawnSyncReturns<string> {
    const config =
      levels === undefined ? [] : ['--policy-pack-config', this.file('levels.json', JSON.stringify(levels))];
    const words = ['policy', 'analyze', '--file', this.file('state.json', state), '--policy-pack', pack, ...config];
    return spawnSync(this.tools.engine, [...words, '--color', 'never'], {
      cwd: this.folder,
      env: { ...process.env, ...this.env },
      encoding: 'utf8',
    });
  }

  private file(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }
}
