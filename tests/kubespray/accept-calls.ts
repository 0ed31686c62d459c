/**
 * `KUBESPRAY_DIR=… node tests/kubespray/accept-calls.ts`: has a checkout of kubespray list the tasks of every call that a
 * step makes, with its tags, its limit and its variables. A call whose tasks are not those it is made for fails; no node is asked.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { how, type PlaybookCall, type StepKind } from '../../kubespray/plan/index.ts';
import { toolPaths } from '../../setup/index.ts';

const kubespray = process.env.KUBESPRAY_DIR ?? '';
const ansible = join(toolPaths().ansible, 'bin/ansible-playbook');
const inventory = join(import.meta.dirname, 'golden/dev/hosts.yaml');

/** What a call of a step is for, and what it must leave alone; of all others, that it has tasks. */
const expected: Partial<Record<`${StepKind} ${string}`, { has: readonly RegExp[]; lacks?: readonly RegExp[] }>> = {
  'build cluster.yml': { has: [/Network plugin/, /Set label to node/, /Invoke kubeadm/] },
  'calico cluster.yml': {
    has: [/Run calico checks/, /download : /, /Network plugin/, /calico\/rr : /, /policy_controller/],
    lacks: [/bootstrap_os : /, /kubernetes\/node : /, /kubernetes\/control-plane : /, /container-engine/],
  },
  'label cluster.yml': {
    has: [/Set label to node/, /Set taint to node/],
    lacks: [/preinstall : /, /download : /, /Network plugin/],
  },
  'join playbooks/facts.yml': { has: [/Gather minimal facts/], lacks: [/bootstrap_os : /, /preinstall : /] },
  'join scale.yml': { has: [/kubernetes\/node : /, /Network plugin/], lacks: [/kubernetes\/control-plane : /] },
  'upgrade upgrade-cluster.yml': { has: [/Drain|pre-upgrade : /, /kubernetes\/control-plane : /] },
  'remove remove-node.yml': {
    has: [/Drain node/, /Remove member from cluster/, /Delete node/],
    lacks: [/bootstrap_os : /],
  },
  'reset reset.yml': { has: [/Reset Confirmation/, /reset : /] },
};

let wrong = 0;
let calls = 0;
if (!existsSync(join(kubespray, 'galaxy.yml'))) fail('KUBESPRAY_DIR names no checkout of kubespray');
if (!existsSync(ansible)) fail('Ansible is not there yet: `npx calispray start` brings it');
for (const [kind, all] of Object.entries(how)) {
  for (const call of all) {
    if ('command' in call) continue;
    calls += 1;
    const complaint = complaintAbout(kind as StepKind, call);
    if (complaint !== undefined) wrong += 1;
    process.stdout.write(
      `${complaint === undefined ? 'as meant' : 'WRONG   '} ${kind}: ${call.playbook}${complaint ?? ''}\n`,
    );
  }
}
process.stdout.write(`${calls} calls, ${wrong} wrong\n`);
process.exitCode = wrong === 0 && calls > 10 ? 0 : 1;

function complaintAbout(
  kind: StepKind,
  { playbook, tags, skipTags, limit, extraVars = {} }: PlaybookCall,
): string | undefined {
  const done = spawnSync(
    ansible,
    [
      ...['-i', inventory, '--list-tasks', '-e', JSON.stringify(extraVars).replaceAll('{node}', 'homelab')],
      ...(tags === undefined ? [] : ['--tags', tags.join(',')]),
      ...(skipTags === undefined ? [] : ['--skip-tags', skipTags.join(',')]),
      ...(limit === undefined ? [] : ['--limit', limit === 'new' ? 'homelab' : limit]),
      playbook,
    ],
    { cwd: kubespray, encoding: 'utf8', env: { ...process.env, ANSIBLE_CONFIG: join(kubespray, 'ansible.cfg') } },
  );
  if (done.status !== 0) return `\n${done.stderr}`;
  const { has = [/TAGS: \[/], lacks = [] } = expected[`${kind} ${playbook}`] ?? {};
  const missing = has.filter((words) => !words.test(done.stdout));
  const there = lacks.filter((words) => words.test(done.stdout));
  if (missing.length + there.length === 0) return undefined;
  return ` lacks ${missing.join(' ')}, has ${there.join(' ')}`;
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
