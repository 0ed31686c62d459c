/** What happens on the controller: power, processes, disk, files, clock. */
import assert from 'node:assert/strict';
import type { Fault, FaultGroup } from '../../support/faults/fault.ts';
import { type Ground, home } from '../../support/faults/ground.ts';
import type { RunnerGround } from '../../support/faults/runner-ground.ts';

const again = /Run `up` again: it goes on as attempt 2|Mend the cause and run `up` again/;

/** The cluster's folder moves to a file system with 400 MiB of room, so that its disk can be full without this machine's. It stays there. */
const ownFileSystem = (ground: Ground) =>
  ground.controller.sh(`mountpoint -q ${home} && exit 0
    mkdir -p /mnt && mount -t tmpfs -o size=$(($(du -sm ${home} | cut -f1) + 400))m,mode=700 tmpfs /mnt && cp -a ${home}/. /mnt/
    mount --move /mnt ${home}`);

/** Leaves this many MiB. */
const fill = (ground: Ground, left: number) =>
  ground.controller.sh(`free=$(df --output=avail -B1M ${home} | tail -n 1)
    dd if=/dev/zero of=${home}/filler bs=1M count=$((free - ${left})) 2> /dev/null || [ ${left} = 0 ]
    [ ${left} != 0 ] || dd if=/dev/zero of=${home}/filler2 bs=4k 2> /dev/null || true`);

const makeRoom = async (ground: Ground) => {
  ground.controller.remove(`${home}/filler`);
  ground.controller.remove(`${home}/filler2`);
};

/** What every Python of the node, Ansible's own among them, loads first. */
const clock = `$(python3 -I -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')/sitecustomize.py`;

const hangs = `- name: Hangs
  ansible.builtin.command: sleep 3600
  run_once: true
`;

const faults: readonly Fault[] = [
  {
    // Before the disk is one that a restart would lose.
    name: 'controller-restarted',
    what: 'The power of the controller goes in mid-run and comes back.',
    when: 'during',
    inject: (ground) => ground.controller.cutPower(),
    met: { code: [255, -1, 1], as: 'the connection breaks off' },
    heal: (ground) => ground.mend(),
  },
  {
    name: 'job-killed',
    what: 'The process that watches over the playbook on the controller gets SIGKILL.',
    when: 'during',
    async inject(ground) {
      const { pid } = JSON.parse(ground.controller.read(`${home}/holder.json`)) as { pid: number };
      await ground.controller.sh(`kill -9 ${pid}`);
    },
    met: { code: [1], says: /was killed before it ended/, as: 'says that the run was killed, and how to go on' },
  },
  {
    name: 'ansible-playbook-killed',
    what: '`ansible-playbook` alone gets SIGKILL, as when memory runs out.',
    when: 'during',
    inject: async (ground) => void (await ground.controller.sh('kill -9 $(pgrep -o -f bin/ansible-playbook)')),
    met: { code: [1], says: again, as: 'says how the playbook ended, where its log is, and how to go on' },
  },
  {
    name: 'task-hangs',
    what: 'A task never ends; the limit of the run is eight seconds here (`kubespray.runs.limitMinutes`).',
    when: 'before',
    tasks: hangs,
    async arrange(ground) {
      (ground as RunnerGround).limitSeconds = 8;
    },
    met: { code: [1], says: /ended after 8 s/, as: 'ends the run and names the limit' },
    async heal(ground) {
      (ground as RunnerGround).limitSeconds = undefined;
    },
  },
  {
    name: 'controller-disk-nearly-full',
    what: 'The controller has too little room left for a log when the run shall begin.',
    when: 'before',
    async arrange(ground) {
      await ownFileSystem(ground);
      await fill(ground, 20);
    },
    met: { code: [1], says: /MiB are free .* make room, nothing was begun/, as: 'refuses, nothing was begun' },
    heal: makeRoom,
  },
  {
    name: 'controller-disk-full',
    what: 'The disk of the controller fills up to the last byte in mid-run.',
    when: 'during',
    arrange: async (ground) => void (await ownFileSystem(ground)),
    async inject(ground) {
      await fill(ground, 0);
      ground.release();
    },
    met: { code: [0, 1], as: 'ends well, or with an error' },
    heal: makeRoom,
  },
  {
    name: 'applied-json-torn',
    what: 'The record of what was carried out is half a file.',
    when: 'before',
    async arrange(ground) {
      const text = ground.controller.read(`${home}/applied.json`);
      ground.controller.write(`${home}/applied.json`, text.slice(0, text.length / 2));
    },
    kind: 'build',
    met: { code: [0], as: 'carries the whole cluster out again, which mends the record' },
  },
  {
    name: 'desired-json-torn',
    what: 'The declaration that lies on the controller becomes half a file in mid-run.',
    when: 'during',
    async inject(ground) {
      const text = ground.controller.read(`${home}/desired.json`);
      ground.controller.write(`${home}/desired.json`, text.slice(0, text.length / 2));
      ground.release();
    },
    met: {
      code: [1],
      says: /desired\.json is not there or cannot be read/,
      as: 'the run ends well; what comes next says so',
    },
  },
  {
    name: 'holder-json-stale',
    what: 'A file says that somebody holds the lock who is long gone.',
    when: 'before',
    async arrange(ground) {
      const stale = { run: '0001-build-00000000', digest: '0', attempt: 1, token: '0', pid: 1, born: '0' };
      ground.controller.write(`${home}/holder.json`, JSON.stringify({ ...stale, who: 'nobody', since: 'long ago' }));
    },
    met: { code: [0], as: 'takes no notice: the kernel knows who holds a lock' },
  },
  {
    name: 'clock-jumps',
    what: 'The clock that Python reads on the controller jumps a day ahead in mid-run, and back after it.',
    when: 'during',
    arrange: async (ground) =>
      void (await ground.controller.sh(`at=${clock}
if [ -e "$at" ]; then mv "$at" "$at.kept"; fi
cat > "$at" <<'PY'
import os, time
_now = time.time
time.time = lambda: _now() + (86400 if os.path.exists("/run/clock-ahead") else 0)
PY
python3 -c 'import time; assert time.time.__name__ == "<lambda>"'`)),
    async inject(ground) {
      ground.controller.write('/run/clock-ahead', '');
      ground.release();
    },
    met: { code: [0], as: 'ends as if nothing had been' },
    async heal(ground) {
      await ground.controller.sh(`at=${clock}
rm -f /run/clock-ahead "$at"
if [ -e "$at.kept" ]; then mv "$at.kept" "$at"; fi`);
    },
  },
  {
    name: 'another-change-from-another-workstation',
    what: 'A second workstation declares another change while the run for the first one is at work.',
    when: 'during',
    changes: 2,
    async inject(ground) {
      ground.change();
      const second = ground.up();
      await ground.says(second, /waiting for \d+-calico-\S+, at work since \S+ for root from 192\.168\.4\.10/);
      ground.release();
      const ended = await second.ended;
      assert.equal(ended.code, 0, ended.text);
    },
    met: { code: [0, 1], as: 'ends; the second one says who holds the lock, waits, and runs' },
  },
];

export const controller: FaultGroup = { title: 'the controller', faults };
