import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as auto from '@pulumi/pulumi/automation/index.js';
import { installStandIns } from '../../../lab/providers/install.ts';
import type { Tools } from '../../../setup/index.ts';

/** What one run did: everything it printed, and the last operation of each resource by its logical name. */
export interface Run {
  readonly text: string;
  /** `<operation> <logical name>`, in order. */
  readonly steps: readonly string[];
  readonly operations: Readonly<Record<string, string>>;
  /** Property paths that differ, by logical name. */
  readonly differences: Readonly<Record<string, string[]>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

type Program = () => Promise<Record<string, unknown>>;

/** A stack of one test: the real engine, the stand-ins, and a backend of its own below `dir`. */
export class TestStack {
  /** Everything any run of this stack printed or reported. */
  log = '';
  readonly dir: string;
  readonly #stack: auto.Stack;

  private constructor(dir: string, stack: auto.Stack) {
    this.dir = dir;
    this.#stack = stack;
  }

  static async open(tools: Tools, dir: string, program: Program): Promise<TestStack> {
    for (const folder of ['work', 'state']) mkdirSync(join(dir, folder), { recursive: true });
    // One for all stacks of a file: what Node compiled of the stand-ins lies there.
    const home = join(dirname(dir), 'home');
    installStandIns(home, process.execPath);
    let gives = false;
    const noted = async () => {
      const outputs = await program();
      gives = Object.keys(outputs).length > 0;
      return outputs;
    };
    const stack = await auto.LocalWorkspace.createOrSelectStack(
      { stackName: 'test', projectName: 'providers', program: noted },
      {
        pulumiCommand: await auto.PulumiCommand.get({ root: dirname(dirname(tools.engine)), skipVersionCheck: true }),
        workDir: join(dir, 'work'),
        pulumiHome: home,
        envVars: {
          PULUMI_BACKEND_URL: `file://${join(dir, 'state')}`,
          PULUMI_CONFIG_PASSPHRASE: 'passphrase of a test',
          PULUMI_SKIP_UPDATE_CHECK: 'true',
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
          SSH_AUTH_SOCK: '',
        },
      },
    );
    // After every run the SDK starts the engine again for its history and for the outputs.
    const outputs = stack.outputs.bind(stack);
    stack.outputs = async () => (gives ? await outputs() : {});
    stack.info = async () => undefined;
    return new TestStack(dir, stack);
  }

  preview(options: auto.PreviewOptions = {}): Promise<Run> {
    return this.#run((common) => this.#stack.preview({ ...options, ...common }).then(() => undefined));
  }

  up(options: auto.UpOptions = {}): Promise<Run> {
    return this.#run(async (common) => (await this.#stack.up({ ...options, ...common })).outputs);
  }

  refresh(): Promise<Run> {
    return this.#run((common) => this.#stack.refresh(common).then(() => undefined));
  }

  destroy(): Promise<Run> {
    return this.#run((common) => this.#stack.destroy(common).then(() => undefined));
  }

  /** The run must fail; gives what it said. */
  async fails(run: Promise<Run>): Promise<string> {
    const outcome = await run.then(
      (done) => assert.fail(`the run should have failed, but: ${done.text}`),
      (error: Error) => error,
    );
    if (outcome instanceof assert.AssertionError) throw outcome;
    return outcome.message;
  }

  /** Fails where `planted` is anywhere in clear: in what was printed, reported, or written by the backend. */
  assertHidden(planted: string): void {
    assert.ok(planted.length > 5);
    const at = this.log.indexOf(planted);
    assert.equal(at, -1, `the secret is in the log: ${this.log.slice(Math.max(0, at - 300), at + 100)}`);
    for (const file of filesBelow(join(this.dir, 'state'))) {
      assert.ok(!readFileSync(file, 'utf8').includes(planted), `the secret is in ${file}`);
    }
  }

  async #run(run: (common: object) => Promise<auto.OutputMap | undefined>): Promise<Run> {
    let text = '';
    const steps: string[] = [];
    const operations: Record<string, string> = {};
    const differences: Record<string, string[]> = {};
    const onOutput = (chunk: string) => {
      text += chunk;
    };
    const onEvent = (event: auto.EngineEvent) => {
      // The SDK's own debug lines hold whole requests, secrets included; nobody is shown them.
      if ((event.diagnosticEvent?.severity as string) !== 'debug') this.log += JSON.stringify(event);
      const metadata = event.resourcePreEvent?.metadata;
      if (metadata === undefined) return;
      const name = metadata.urn.split('::').at(-1) as string;
      operations[name] = metadata.op;
      steps.push(`${metadata.op} ${name}`);
      differences[name] = Object.keys(metadata.detailedDiff ?? {});
    };
    try {
      const outputs = await run({ onOutput, onError: onOutput, onEvent });
      const plain = Object.entries(outputs ?? {}).map(([name, output]) => [name, output.value]);
      return { text, steps, operations, differences, outputs: Object.fromEntries(plain) };
    } finally {
      this.log += text;
    }
  }
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((file) => join(dir, file))
    .filter((file) => statSync(file).isFile());
}
