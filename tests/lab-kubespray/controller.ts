/** The controller of a lab as the test's own hands: real SSH out of the workstation's network, real Ansible on masternode. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Lab } from '../../lab/index.ts';

const controller = 'masternode';

export interface Ended {
  readonly code: number;
  readonly text: string;
}

export class Controller {
  readonly lab: Lab;

  constructor(lab: Lab) {
    this.lab = lab;
  }

  /** Standard output of `command` on a node; throws with its output where it fails. */
  ssh(node: string, command: string, input: string | Buffer = ''): string {
    const done = spawnSync('nsenter', this.#argv(node, command), { input, encoding: 'utf8', maxBuffer: 1 << 28 });
    if (done.status !== 0) throw new Error(`${node}: ${command}: status ${done.status}\n${done.stdout}${done.stderr}`);
    return done.stdout;
  }

  /** The bundle unpacked, its venv made from the wheels alone, and the lab's key to the nodes. */
  prepare(): void {
    this.ssh(controller, 'tar -x', readFileSync(join(this.lab.dir, 'kubespray-bundle.tar')));
    this.ssh(
      controller,
      `[ -e venv/bin/ansible-playbook ] || { python3 -m venv venv && venv/bin/pip install --quiet --disable-pip-version-check \
       --no-compile --no-index --find-links wheels --require-hashes --no-deps -r wheels/requirements.txt; }`,
    );
    this.ssh(controller, 'umask 077; cat > key', readFileSync(join(this.lab.dir, 'id_ed25519')));
    this.ssh(controller, 'cat > known_hosts', readFileSync(join(this.lab.dir, 'known_hosts')));
  }

  /** Writes the inventory's files to ~/NAME, and nothing else stays there but artifacts. */
  put(name: string, files: Readonly<Record<string, string>>): void {
    const dir = mkdtempSync(join(tmpdir(), 'calispray-inventory-'));
    try {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, path)), { recursive: true });
        writeFileSync(join(dir, path), text);
      }
      const tar = execFileSync('tar', ['-c', '-C', dir, '.']);
      this.ssh(controller, `rm -rf ${name}/group_vars; mkdir -p ${name} && tar -x -C ${name} --no-same-owner`, tar);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }

  /** `ansible-playbook` as kubespray is run; `words` are a playbook and its options. */
  play(inventory: string, ...words: string[]): Ended {
    const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    const command = `cd kubespray && PATH=$HOME/venv/bin:$PATH ANSIBLE_NOCOLOR=1 \
      ANSIBLE_SSH_COMMON_ARGS="-o UserKnownHostsFile=$HOME/known_hosts -o StrictHostKeyChecking=yes" \
      ansible-playbook -i ~/${inventory}/hosts.yaml -b --private-key=$HOME/key ${quoted} < /dev/null`;
    const done = spawnSync('nsenter', this.#argv(controller, command), { encoding: 'utf8', maxBuffer: 1 << 28 });
    return { code: done.status ?? -1, text: `${done.stdout}${done.stderr}` };
  }

  /** kubectl from the workstation's network with a kubeconfig file of this machine. */
  kubectl(kubectl: string, kubeconfig: string, ...words: string[]): string {
    const argv = [`--net=${this.lab.workstation}`, kubectl, `--kubeconfig=${kubeconfig}`, ...words];
    const done = spawnSync('nsenter', argv, { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (done.status !== 0) throw new Error(`kubectl ${words.join(' ')}: ${done.stderr}`);
    return done.stdout;
  }

  #argv(node: string, command: string): string[] {
    const host = this.lab.hosts.find((each) => each.name === node);
    if (host === undefined) throw new Error(`the lab has no node ${node}`);
    const options = ['BatchMode=yes', 'StrictHostKeyChecking=yes', 'ConnectTimeout=10', 'LogLevel=ERROR'];
    return [
      `--net=${this.lab.workstation}`,
      ...['ssh', '-F', '/dev/null', '-i', join(this.lab.dir, 'id_ed25519')],
      ...[...options, `UserKnownHostsFile=${join(this.lab.dir, 'known_hosts')}`].flatMap((option) => ['-o', option]),
      ...[`root@${host.address}`, command],
    ];
  }
}
