/**
 * `KUBESPRAY_DIR=… node tests/kubespray/accept.ts`: has a checkout of kubespray judge, by its own playbooks, every golden
 * and corpus inventory of its release; with `--random N` also N random specs in which no rule refuses anything (`--seed S`
 * for the same ones again). What it runs and what that shows is in README.md beside this file.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { parseCluster } from '../../cluster/index.ts';
import { renderInventory, subjectOf } from '../../kubespray/index.ts';
import { judge } from '../../policies/rules/index.ts';
import { toolPaths } from '../../setup/index.ts';
import { specs } from './arbitrary.ts';

const here = import.meta.dirname;
const { values: options } = parseArgs({ options: { random: { type: 'string' }, seed: { type: 'string' } } });
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
const random = randomInventories(Number(options.random ?? 0), Number(options.seed ?? Date.now() % 2 ** 31));
for (const folder of [...mine, ...random]) {
  const complaint = complaintAbout(folder);
  if (complaint !== undefined) refused += 1;
  process.stdout.write(`${complaint === undefined ? 'accepted' : 'REFUSED '} ${nameOf(folder)}\n${complaint ?? ''}`);
}
for (const [text, words] of bad) {
  const complaint = complaintAbout(spoilt(mine[0] ?? '', text));
  if (!words.test(complaint ?? '')) fail(`not refused by ${words}: ${text}\n${complaint ?? ''}`);
}
process.stdout.write(
  `kubespray ${tag}: ${mine.length + random.length - refused} accepted, ${refused} refused; of ${bad.length} spoilt ones it refused each\n`,
);
process.exitCode = refused === 0 && mine.length > 0 ? 0 : 1;

/** Folders with a hosts.yaml: the goldens of the stacks, and those of the corpus. */
function inventories(): string[] {
  const golden = readdirSync(join(here, 'golden')).map((name) => join(here, 'golden', name));
  const corpus = readdirSync(join(here, 'corpus')).map((name) => join(here, 'corpus', name, 'inventory'));
  return [...golden, ...corpus];
}

function nameOf(folder: string): string {
  return folder.startsWith(home) ? relative(home, folder) : relative(here, folder);
}

/** Of random specs, those that the rules let through and that ask for this release. */
function randomInventories(count: number, seed: number): string[] {
  if (count > 0) process.stdout.write(`--random ${count} --seed ${seed}\n`);
  const folders: string[] = [];
  for (const value of fc.sample(specs, { numRuns: 20 * count, seed })) {
    const parsed = parseCluster(value);
    if (folders.length === count || !parsed.ok || parsed.cluster.kubespray.version !== tag) continue;
    if (judge(subjectOf(parsed.cluster)).some((finding) => finding.class === 'refused')) continue;
    const folder = join(home, `random-${folders.length + 1}`);
    for (const [name, text] of Object.entries(renderInventory(parsed.cluster).files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    folders.push(folder);
  }
  return folders;
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
