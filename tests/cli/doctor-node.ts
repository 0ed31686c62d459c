/** A node that is this machine, whose commands and files are the test's own: what the doctor's scripts find there. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { answerIn, doctorScript, type Question } from '../../components/remote/doctor/index.ts';

export class DoctorNode {
  readonly dir = mkdtempSync(join(tmpdir(), 'calispray-doctor-'));
  readonly #folders = [
    '/etc/kubernetes/',
    '/etc/NetworkManager/',
    '/etc/ufw/',
    '/var/log/',
    '/var/lib/',
    '/var/run/',
    '/proc/net/',
    '/proc/sys/',
  ];

  constructor() {
    // Nothing of the machine itself shows.
    for (const name of ['ip', 'nft', 'iptables', 'iptables-nft-save', 'iptables-legacy-save', 'systemctl', 'wg'])
      this.command(name, '');
    this.kubectl({});
  }

  /** A command that says this whatever it is asked. */
  command(name: string, output: string): void {
    this.script(name, `cat <<'SAID'\n${output}\nSAID`);
  }

  script(name: string, text: string): void {
    const path = join(this.dir, 'bin', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
  }

  /** A file of the node, by its own path. */
  file(path: string, text: string): void {
    const at = join(this.dir, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, text);
  }

  /** What the API answers, by path; everything else it refuses. */
  kubectl(answers: Readonly<Record<string, unknown>>): void {
    const cases = Object.entries(answers).map(([path, answer], at) => {
      this.file(`answers/${at}`, JSON.stringify(answer));
      return `  '${path}') cat '${this.dir}/answers/${at}' ;;`;
    });
    // kubectl --kubeconfig FILE --request-timeout 8s get --raw PATH
    const lines = [
      `path=$(echo "$7" | sed 's/[?&]limit=500$//')`,
      'case "$path" in',
      ...cases,
      '  *) echo "Error from server (NotFound): there is no $path" >&2; exit 1 ;;',
      'esac',
    ];
    this.script('kubectl', lines.join('\n'));
  }

  text(question: Question, about: object, become = false): string {
    let text = doctorScript(question, { ssh: { become } } as Parameters<typeof doctorScript>[1], about);
    for (const folder of this.#folders) text = text.replaceAll(`"${folder}`, `"${this.dir}${folder}`);
    return text
      .replaceAll('/usr/local/bin/kubectl', `${this.dir}/bin/kubectl`)
      .replace('PATH="$PATH', `PATH="${this.dir}/bin:$PATH`);
  }

  async run(text: string): Promise<{ code: number | null; out: string; err: string }> {
    const child = spawn('/bin/sh', ['-s'], { stdio: ['pipe', 'pipe', 'pipe'] });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (said.out += chunk));
    child.stderr.on('data', (chunk) => (said.err += chunk));
    child.stdin.end(text);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...said };
  }

  /** What a script answers; it must end well and complain of nothing. */
  async ask(question: Question, about: object = {}): Promise<unknown> {
    const { code, out, err } = await this.run(this.text(question, about));
    assert.deepEqual([code, err], [0, '']);
    return answerIn(`Welcome {to} this node\n${out}`);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
