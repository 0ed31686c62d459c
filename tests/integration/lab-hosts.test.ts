import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, type LabTools, labDown, labStatus, labUp, probePods } from '../../lab/index.ts';
import { nodes } from '../../lab/topology.ts';
import { ensureTools } from '../../setup/index.ts';
import { labFolder } from '../support/scratch.ts';

const name = 'hosts-test';
const door = new URL('../../lab/index.ts', import.meta.url).href;

describe('the lab’s hosts', function () {
  this.timeout(300_000);
  const outerState = process.env.CALISPRAY_STATE;
  const state = labFolder('calispray-hosts-');
  const dir = join(state, 'labs', name);
  let tools: LabTools;
  let lab: Lab;

  before(async () => {
    process.env.CALISPRAY_STATE = state;
    const programs = ['kube-apiserver', 'kube-controller-manager', 'etcd', 'kubectl'] as const;
    tools = await ensureTools(['debian', 'base', 'crds', 'ansible', ...programs]);
    assert.deepEqual(traces(state), [], 'nothing of an earlier test is left');
  });
  after(async () => {
    await labDown({ name });
    if (outerState === undefined) delete process.env.CALISPRAY_STATE;
    else process.env.CALISPRAY_STATE = outerState;
    rmSync(state, { recursive: true });
  });

  /** labUp with what it reported. */
  const up = async () => {
    const lines: string[] = [];
    lab = await labUp(tools, { name, report: (line) => lines.push(line) });
    return lines.join('\n');
  };
  const firstProcesses = () => nodes.map((node) => pidOf(dir, node.name));

  it('come up from nothing', async () => {
    const said = await up();
    for (const node of nodes) assert.match(said, new RegExp(`${node.name} ${node.address} up in`));
    assert.deepEqual(
      lab.hosts.map(({ name, address }) => ({ name, address })),
      [
        { name: 'masternode', address: '192.168.4.63' },
        { name: 'storagenodet3500', address: '192.168.4.61' },
        { name: 'homelab', address: '192.168.4.62' },
      ],
    );
    assert.equal(new Set(lab.hosts.map((host) => host.hostKey)).size, 3, 'every host has a key of its own');
    assert.equal(lab.workstation, '/run/netns/calispray-hosts-test-workstation');
    assert.equal(statSync(join(lab.dir, 'id_ed25519')).mode & 0o777, 0o600);
    assert.ok(statSync(join(lab.dir, 'kubespray-bundle.tar')).size > 1_000_000, 'with the wheels');
    const status = labStatus(name);
    assert.equal(status.up, true);
    assert.deepEqual(status.lab, lab);
    assert.equal(status.lines.length, 5);
  });

  it('are found by a second labUp, which starts nothing', async () => {
    const [first, processes, bundle] = [lab, firstProcesses(), statSync(join(dir, 'kubespray-bundle.tar')).mtimeMs];
    const said = await up();
    assert.deepEqual(said.split('\n').length, 1, said);
    assert.deepEqual(lab, first);
    assert.deepEqual(firstProcesses(), processes);
    assert.equal(statSync(join(dir, 'kubespray-bundle.tar')).mtimeMs, bundle);
  });

  it('answer SSH from the workstation, as root and as a user with sudo, and their keys are checked', () => {
    for (const host of lab.hosts) {
      assert.equal(ssh(lab, tools, `root@${host.address}`, 'hostname; id -un').output, `${host.name}\nroot\n`);
      assert.equal(ssh(lab, tools, `ops@${host.name}`, 'id -un; sudo -n id -un', host.address).output, 'ops\nroot\n');
    }
    const [one, other] = lab.hosts;
    assert.ok(one && other);
    const wrong = ssh(lab, tools, `root@${one.address}`, 'true', undefined, `${one.address} ${other.hostKey}\n`);
    assert.notEqual(wrong.status, 0);
    assert.match(wrong.complaint, /REMOTE HOST IDENTIFICATION HAS CHANGED/);
  });

  it('are machines of their own: names, identity, network, tools, and nothing of this machine to write to', () => {
    const identities = nodes.map((node) => inNode(dir, node.name, 'cat /etc/machine-id'));
    assert.equal(new Set(identities).size, 3);
    for (const node of nodes) {
      assert.equal(inNode(dir, node.name, 'systemctl is-system-running --wait'), 'running\n');
      assert.match(inNode(dir, node.name, 'ip -4 -o address show eth0'), new RegExp(` ${node.address}/24 `));
      assert.match(inNode(dir, node.name, 'cat /etc/resolv.conf'), /^nameserver /m);
      assert.match(inNode(dir, node.name, 'getent hosts masternode'), /192\.168\.4\.63/);
      assert.match(inNode(dir, node.name, 'ls /opt/calispray-lab/bin /opt/calispray-lab/crds'), /etcd.*calico\.yaml/s);
      for (const path of ['/opt/calispray-lab/bin/x', '/proc/sys/kernel/panic', '/proc/sysrq-trigger', '/sys/x']) {
        assert.throws(() => inNode(dir, node.name, `echo 1 > ${path}`), /Read-only|nonexistent|Permission/, path);
      }
      inNode(dir, node.name, 'echo 1 > /proc/sys/net/ipv4/ip_forward');
    }
  });

  it('carry pods that reach each other, and tell which do not', async () => {
    assert.deepEqual(await probePods(lab), [], 'no playbook was here');
    makePod(dir, 'masternode', 'production/web', '10.244.0.5', { '10.244.1.0/26': '192.168.4.61' });
    makePod(dir, 'storagenodet3500', 'monitoring/prometheus', '10.244.1.5', { '10.244.0.0/26': '192.168.4.63' });
    makePod(dir, 'homelab', 'production/lost', '10.244.2.5', {});
    const [lost, prometheus, web] = ['production/lost', 'monitoring/prometheus', 'production/web'];
    assert.deepEqual(
      await probePods(lab),
      [
        { from: prometheus, to: lost, ok: false },
        { from: prometheus, to: web, ok: true },
        { from: lost, to: prometheus, ok: false },
        { from: lost, to: web, ok: false },
        { from: web, to: prometheus, ok: true },
        { from: web, to: lost, ok: false },
      ].sort((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1)),
    );
  });

  it('run commands in the workstation’s network, with their signals and exit codes', async () => {
    const out = join(state, 'out');
    const script = `trap 'echo asked >> ${out}; exit 7' TERM; ip -4 -o address show eth0 > ${out}; while :; do sleep 0.05; done`;
    const child = inChild(`
      const { enterWorkstation, labStatus } = await import(${JSON.stringify(door)});
      const inside = enterWorkstation(labStatus(${JSON.stringify(name)}).lab, ['sh', '-c', ${JSON.stringify(script)}], { PATH: process.env.PATH });
      inside.on('exit', (code) => process.exit(code ?? 99));`);
    await until(() => existsSync(out) && readFileSync(out, 'utf8').includes('192.168.4.10/24'), 'the command began');
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [7, null]);
    assert.match(readFileSync(out, 'utf8'), /asked/);
  });

  it('come back on their disk after their first process was killed', async () => {
    inNode(dir, 'homelab', 'echo kept > /etc/kept; ip link add vxlan.calico type vxlan id 1 dstport 4789');
    const [kept, hosts] = [[pidOf(dir, 'masternode'), pidOf(dir, 'storagenodet3500')], lab.hosts];
    const pid = pidOf(dir, 'homelab');
    process.kill(pid, 'SIGKILL');
    await until(() => !labStatus(name).up, 'the node is seen to be dead');
    assert.match(labStatus(name).lines.join('\n'), /homelab 192\.168\.4\.62 not running/);
    assert.match(await up(), /homelab 192\.168\.4\.62 restarted on its disk/);
    assert.deepEqual([pidOf(dir, 'masternode'), pidOf(dir, 'storagenodet3500')], kept);
    assert.deepEqual(lab.hosts, hosts, 'its host key is the same');
    assert.equal(ssh(lab, tools, 'root@192.168.4.62', 'cat /etc/kept').output, 'kept\n');
    assert.doesNotMatch(inNode(dir, 'homelab', 'ip -o link'), /vxlan/, 'as after a reboot');
  });

  it('are restarted when set-up brought other programs, since they keep what they were given', async () => {
    const crds = join(state, 'other-crds');
    mkdirSync(crds);
    writeFileSync(join(crds, 'other.yaml'), '');
    const lines: string[] = [];
    await labUp({ ...tools, crds }, { name, report: (line) => lines.push(line) });
    assert.match(lines.join('\n'), /homelab runs with programs of an earlier set-up/);
    assert.equal(inNode(dir, 'homelab', 'ls /opt/calispray-lab/crds; cat /etc/kept'), 'other.yaml\nkept\n');
    await up();
    assert.match(inNode(dir, 'homelab', 'ls /opt/calispray-lab/crds'), /calico\.yaml/);
  });

  it('get a new LAN when theirs was destroyed', async () => {
    execFileSync('ip', ['-n', 'calispray-hosts-test-router', 'link', 'delete', 'br0']);
    assert.match(await up(), /LAN is broken/);
    assert.equal(ssh(lab, tools, 'root@192.168.4.62', 'cat /etc/kept').output, 'kept\n');
  });

  it('go without a trace', async () => {
    const pods = inNode(dir, 'masternode', 'ip netns add pod; stat -Lc %i /run/netns/pod').trim();
    const lines = await labDown({ name });
    assert.match(lines.join('\n'), /processes ended/);
    assert.deepEqual(traces(state, pods.split('\n').map(Number)), []);
    assert.deepEqual(await labDown({ name }), [`lab ${name} is not there`]);
    assert.deepEqual(labStatus(name), { up: false, lines: [`lab ${name} is not there`] });
  });

  const moments: [string, () => boolean][] = [
    ['the lock is taken', () => existsSync(`${dir}.lock`)],
    ['the record is written', () => existsSync(join(dir, 'lab.json'))],
    ['the first namespace is made', () => existsSync('/run/netns/calispray-hosts-test-router')],
    ['the workstation is plugged in', () => recorded(dir).includes('"workstation": 4')],
    ['a disk is made', () => existsSync(join(dir, 'hosts/homelab'))],
    ['a node is started', () => existsSync(join(dir, 'hosts/homelab/pid'))],
    ['the bundle is packed', () => existsSync(join(dir, 'kubespray-bundle.tar'))],
  ];
  for (const [moment, reached] of moments) {
    it(`are picked up, and taken down, after labUp was killed when ${moment}`, async () => {
      await killAt(reached, moment);
      await up();
      for (const host of lab.hosts)
        assert.equal(ssh(lab, tools, `root@${host.address}`, 'hostname').output, `${host.name}\n`);
      await labDown({ name });
      assert.deepEqual(traces(state), []);
      await killAt(reached, moment);
      await labDown({ name });
      assert.deepEqual(traces(state), []);
    });
  }

  it('are taken down by the next command after labDown was killed', async () => {
    await up();
    const child = inChild(`
      const { labDown } = await import(${JSON.stringify(door)});
      await labDown({ name: ${JSON.stringify(name)} });`);
    await until(() => recorded(dir).includes('"removing"') || child.exitCode !== null, 'the removal began');
    child.kill('SIGKILL');
    await up();
    for (const host of lab.hosts)
      assert.equal(ssh(lab, tools, `root@${host.address}`, 'hostname').output, `${host.name}\n`);
  });

  it('are brought up once by two commands at once', async () => {
    await labDown({ name });
    const children = [startUp(), startUp()];
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
    assert.deepEqual(codes, [0, 0]);
    assert.equal(labStatus(name).up, true);
  });

  it('leave a namespace alone that has one of their names', async () => {
    const path = '/run/netns/calispray-hosts-other-router';
    writeFileSync(path, '');
    execFileSync('unshare', [`--net=${path}`, 'true']);
    const inode = statSync(path).ino;
    try {
      await assert.rejects(labUp(tools, { name: 'hosts-other' }), /namespace-taken.*calispray-hosts-other-router/);
      assert.deepEqual(await labDown({ name: 'hosts-other' }), ['lab hosts-other is not there']);
      assert.equal(statSync(path).ino, inode);
      assert.deepEqual(
        readdirSync(join(state, 'labs')).filter((entry) => entry.includes('other')),
        [],
      );
    } finally {
      execFileSync('umount', [path]);
      rmSync(path);
    }
  });

  it('refuse a state folder on an overlay', async () => {
    const script = `
      const { requireMachine } = await import(${JSON.stringify(new URL('../../lab/requirements.ts', import.meta.url).href)});
      const there = { base: ${JSON.stringify(tools.base)}, bin: '/', crds: '/' };
      await requireMachine('/mnt/o/labs/x', there).then(() => console.log('taken'), (error) => console.log(error.message));`;
    const mounts =
      'mount -t tmpfs t /mnt && cd /mnt && mkdir l u w o && mount -t overlay v -o lowerdir=l,upperdir=u,workdir=w o';
    const node = `exec "$1" --input-type=module -e "$2"`;
    const said = execFileSync('unshare', [
      '--mount',
      'sh',
      '-ec',
      `${mounts}; ${node}`,
      'sh',
      process.execPath,
      script,
    ]);
    assert.match(String(said), /lab-on-overlay at CALISPRAY_STATE/);
  });

  /** labUp in a process of its own. */
  function startUp(): ChildProcess {
    return inChild(`
      const { labUp } = await import(${JSON.stringify(door)});
      await labUp(${JSON.stringify(tools)}, { name: ${JSON.stringify(name)} });`);
  }

  async function killAt(reached: () => boolean, moment: string): Promise<void> {
    const child = startUp();
    await until(() => reached() || child.exitCode !== null, moment);
    assert.ok(reached(), moment);
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
});

/** A Node process that runs this module text and nothing else. */
function inChild(script: string): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** The real ssh, the base image's, from the workstation's network; `knownHosts` instead of the lab's. */
function ssh(lab: Lab, tools: LabTools, to: string, command: string, address?: string, knownHosts?: string) {
  const known = knownHosts === undefined ? 'known_hosts' : 'other_known_hosts';
  if (knownHosts !== undefined) writeFileSync(join(lab.dir, known), knownHosts);
  const script = 'mount --rbind /dev "$1/dev" && mount --bind "$2" "$1/mnt" && shift 2 && exec chroot "$@"';
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=/mnt/${known}`,
    'ConnectTimeout=10',
  ];
  const done = spawnSync('nsenter', [
    ...[
      `--net=${lab.workstation}`,
      '--',
      'unshare',
      '--mount',
      'sh',
      '-c',
      script,
      'sh',
      tools.base,
      lab.dir,
      tools.base,
    ],
    ...['ssh', '-i', '/mnt/id_ed25519', ...options.flatMap((option) => ['-o', option])],
    ...(address === undefined ? [] : ['-o', `HostName=${address}`, '-o', `HostKeyAlias=${to.split('@')[1]}`]),
    ...[to, command],
  ]);
  return { status: done.status, output: String(done.stdout), complaint: String(done.stderr) };
}

function inNode(dir: string, node: string, command: string): string {
  const namespaces = ['-m', '-u', '-i', '-n', '-p', '-C', '-r', '-w'];
  const env = ['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin'];
  const argv = ['-t', String(pidOf(dir, node)), ...namespaces, '--', ...env, 'sh', '-ec', command];
  return execFileSync('nsenter', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A pod as the lab's playbook makes it, with plain routes to the other nodes' blocks. */
function makePod(dir: string, node: string, pod: string, address: string, routes: Record<string, string>): void {
  const list = JSON.stringify([{ name: pod, netns: '/run/netns/pod', address }]);
  const script = `
    ip netns add pod
    ip link add cali1 type veth peer name eth0 netns pod
    ip link set cali1 address ee:ee:ee:ee:ee:ee up
    echo 1 > /proc/sys/net/ipv4/conf/cali1/proxy_arp
    ip -n pod link set lo up; ip -n pod link set eth0 up; ip -n pod address add ${address}/32 dev eth0
    ip -n pod route add 169.254.1.1 dev eth0 scope link; ip -n pod route add default via 169.254.1.1
    ip route add ${address}/32 dev cali1 scope link
    ${Object.entries(routes)
      .map(([block, via]) => `ip route add ${block} via ${via}`)
      .join('\n')}
    echo '${list}' > /run/calispray-lab/pods.json`;
  inNode(dir, node, script);
}

function pidOf(dir: string, node: string): number {
  return Number(readFileSync(join(dir, 'hosts', node, 'pid'), 'utf8').split(' ')[0]);
}

function recorded(dir: string): string {
  return existsSync(join(dir, 'lab.json')) ? readFileSync(join(dir, 'lab.json'), 'utf8') : '';
}

/** Whatever of this lab is on the machine: processes, namespaces, mounts in any mount namespace, cgroups, files. */
function traces(state: string, netns: readonly number[] = []): string[] {
  const processes = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && entry !== String(process.pid));
  const ofProcesses = processes.flatMap((pid) => {
    try {
      const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n');
      const inside = netns.includes(statSync(`/proc/${pid}/ns/net`).ino);
      return [
        ...(argv.includes(state) || inside ? [`process ${pid} ${argv}`] : []),
        ...mounts.filter((mount) => mount.includes(state) || mount.includes(`calispray-${name}-`)),
      ];
    } catch {
      return []; // it ended meanwhile
    }
  });
  const named = existsSync('/run/netns')
    ? readdirSync('/run/netns').filter((n) => n.startsWith(`calispray-${name}-`))
    : [];
  const cgroups = execFileSync('find', ['/sys/fs/cgroup', '-type', 'd', '-name', `calispray-${name}-*`], {
    encoding: 'utf8',
  });
  return [
    ...ofProcesses,
    ...named,
    ...cgroups.split('\n').filter(Boolean),
    ...readdirSync(state).filter((f) => f === 'labs'),
  ];
}

async function until(reached: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; !reached(); ) {
    if (Date.now() > deadline) throw new Error(`after 60 s still not: ${what}`);
    await new Promise((wake) => setTimeout(wake, 2));
  }
}
