import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { netnsPath } from '../../lab/topology.ts';
import { labFolder } from './scratch.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** In a stack file, before the key that it takes the place of. */
const NEVER = '    verify: { after: never }\n    monitoring: ';

export interface Ran {
  readonly code: number;
  /** Standard output and standard error as a person sees them. */
  readonly text: string;
}

/** The command as a user runs it, in a state folder and a lab of the test's own. */
export class Calispray {
  readonly state: string;
  readonly lab: string;
  /** Whether its projects verify the lab after each `up`, which costs seconds every time. */
  readonly verifies: boolean;
  /** Every word that any of its commands has printed. */
  said = '';

  constructor(lab: string, { verifies = false } = {}) {
    this.lab = lab;
    this.verifies = verifies;
    this.state = labFolder(`calispray-${lab}-`);
  }

  get labDir(): string {
    return join(this.state, 'labs', this.lab);
  }

  start(...words: string[]): ChildProcess & { text: string } {
    return this.#hear(spawn(process.execPath, [join(root, 'cli/main.ts'), ...words], this.#options({})));
  }

  /**
   * As the command starts itself again in the workstation's network once the lab is up: a node that is down stays down.
   * `tools` is what set-up gave, as JSON.
   */
  startInside(tools: string, ...words: string[]): ChildProcess & { text: string } {
    const env = { CALISPRAY_INSIDE: '1', CALISPRAY_LAB_DIR: this.labDir, CALISPRAY_TOOLS: tools };
    const network = `--net=${netnsPath(this.lab, 'workstation')}`;
    const argv = [network, '--', process.execPath, join(root, 'cli/main.ts'), ...words];
    return this.#hear(spawn('nsenter', argv, this.#options(env)));
  }

  #options(more: Record<string, string>) {
    return {
      env: { ...process.env, CALISPRAY_STATE: this.state, CALISPRAY_LAB: this.lab, NO_COLOR: '1', ...more },
      stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
      cwd: this.state,
    };
  }

  #hear(child: ChildProcess): ChildProcess & { text: string } {
    const told = Object.assign(child, { text: '' });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        told.text += chunk;
        this.said += chunk;
      });
    }
    return told;
  }

  async run(...words: string[]): Promise<Ran> {
    const child = this.start(...words);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code: code ?? -1, text: child.text };
  }

  /** A project folder like this checkout's, with the stack's file changed; its program is the checkout's. */
  project(name: string, stack: string, change: (text: string) => string): string {
    const dir = join(this.state, name);
    mkdirSync(dir, { recursive: true });
    copyFileSync(join(root, 'Pulumi.yaml'), join(dir, 'Pulumi.yaml'));
    writeFileSync(join(dir, 'index.ts'), `export { default } from '${pathToFileURL(join(root, 'index.ts')).href}';\n`);
    const file = `Pulumi.${stack}.yaml`;
    const written = readFileSync(join(root, file), 'utf8');
    const before = stack === 'lab' && !this.verifies ? written.replace(/^ {4}monitoring: /m, NEVER) : written;
    const after = change(before);
    if (after === before) throw new Error(`${name}: the change does not change ${file}`);
    writeFileSync(join(dir, file), after);
    return dir;
  }

  /** Every file of the state folder that holds `needle`, the nodes' own disks and the lab's keys left out. */
  filesWith(needle: string): string[] {
    return readdirSync(this.state, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter(
        (file) => !/\/(upper|work|root|data)\/|\/id_ed25519$|kubespray-bundle/.test(file.slice(this.state.length)),
      )
      .filter((file) => readFileSync(file).includes(needle));
  }

  remove(): void {
    rmSync(this.state, { recursive: true, force: true });
  }
}
