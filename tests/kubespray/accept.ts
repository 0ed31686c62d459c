/**
 * `KUBESPRAY_DIR=… node tests/kubespray/accept.ts`: has a checkout of kubespray judge, by its own playbooks, every golden
 * and corpus inventory of its release. What it runs and what that shows is in README.md beside this file.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { toolPaths } from '../../setup/index.ts';

const here = import.meta.dirname;
const kubespray = process.env.KUBESPRAY_DIR ?? '';
const home = mkdtempSync(join(tmpdir(), 'calispray-accept-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

/** Its playbooks that judge an inventory without touching a node, and ours that calls its tasks which do. */
const playbooks = [join(kubespray, 'playbooks/boilerplate.yml'), join(here, 'accept.yml')];

if (!existsSync(join(kubespray, 'galaxy.yml')) || !existsSync(join(kubespray, 'playbooks/boilerplate.yml'))) {
  fail('KUBESPRAY_DIR names no checkout of kubespray');
}
if (!existsSync(join(toolPaths().ansible, 'bin/ansible-playbook'))) {
  fail('Ansible is not there yet: `npx calispray start` brings it, or `node setup/command.ts`');
}
const tag = `v${/^version: *(\S+)/m.exec(readFileSync(join(kubespray, 'galaxy.yml'), 'utf8'))?.[1]}`;

/** Group variables that one of the playbooks must refuse, and by what words, or it judged nothing. */
const bad = [
  ['kube_network_plugin: none-such', /The selected choice is not supported/],
  ['kube_service_addresses: 10.0.0.0/8\nkube_pods_subnet: 10.1.0.0/16', /cannot be the same network segment/],
  ['calico_ipip_mode: Always\ncalico_vxlan_mode: Always', /mutualy exclusive modes/],
  ['calico_version: 3.1.0', /Calico version not supported/],
  ['calico_ds_nodeselector: "a: b: c"', /mapping values are not allowed/],
] as const;

let refused = 0;
const mine = inventories().filter((folder) =>
  readFileSync(join(folder, 'hosts.yaml'), 'utf8').includes(`kubespray ${tag}.`),
);
for (const folder of mine) {
  const complaint = complaintAbout(folder);
  if (complaint !== undefined) refused += 1;
  process.stdout.write(
    `${complaint === undefined ? 'accepted' : 'REFUSED '} ${relative(here, folder)}\n${complaint ?? ''}`,
  );
}
for (const [text, words] of bad) {
  const complaint = complaintAbout(spoilt(mine[0] ?? '', text));
  if (!words.test(complaint ?? '')) fail(`not refused by ${words}: ${text}\n${complaint ?? ''}`);
}
process.stdout.write(
  `kubespray ${tag}: ${mine.length - refused} accepted, ${refused} refused; of ${bad.length} spoilt ones it refused each\n`,
);
process.exitCode = refused === 0 && mine.length > 0 ? 0 : 1;

/** Folders with a hosts.yaml: the goldens of the stacks, and those of the corpus. */
function inventories(): string[] {
  const golden = readdirSync(join(here, 'golden')).map((name) => join(here, 'golden', name));
  const corpus = readdirSync(join(here, 'corpus')).map((name) => join(here, 'corpus', name, 'inventory'));
  return [...golden, ...corpus];
}

/** The end of what Ansible printed, where one of the playbooks fails. */
function complaintAbout(folder: string): string | undefined {
  const extra = join(folder, 'extra-vars.json');
  const given = ['-i', join(folder, 'hosts.yaml'), ...(existsSync(extra) ? ['-e', `@${extra}`] : [])];
  for (const playbook of playbooks) {
    const { status, stdout, stderr } = spawnSync(
      join(toolPaths().ansible, 'bin/ansible-playbook'),
      [...given, playbook],
      {
        cwd: kubespray,
        encoding: 'utf8',
        env: {
          PATH: `${join(toolPaths().ansible, 'bin')}:${process.env.PATH}`,
          HOME: home,
          LC_ALL: 'C.UTF-8',
          KUBESPRAY_DIR: kubespray,
          ANSIBLE_CONFIG: join(kubespray, 'ansible.cfg'),
          ANSIBLE_ROLES_PATH: join(kubespray, 'roles'),
          ANSIBLE_LIBRARY: join(kubespray, 'library'),
          // kubespray keeps facts of hosts in /tmp by their names, and every cluster here has a `one`.
          ANSIBLE_CACHE_PLUGIN: 'memory',
          ANSIBLE_NOCOLOR: '1',
        },
      },
    );
    if (status !== 0) return `${stdout.split('\n').slice(-40).join('\n')}${stderr}`;
  }
  return undefined;
}

function spoilt(inventory: string, text: string): string {
  const folder = mkdtempSync(join(home, 'spoilt-'));
  cpSync(inventory, folder, { recursive: true });
  writeFileSync(join(folder, 'group_vars/k8s_cluster/zz.yml'), text);
  return folder;
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
