import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { verifyCommand, verifyInput } from '../../components/remote/verify/index.ts';
import { hostsOf } from '../../kubespray/hosts.ts';
import { verifyPlan } from '../../kubespray/verify/plan.ts';
import type { CheckResult, VerifyEvent, VerifyPlan } from '../../kubespray/verify/types.ts';
import { bounded, Ground } from '../lab-kubespray/ground.ts';
import { LabNodes } from '../support/lab-nodes.ts';
import { clusterOf, stackCluster } from '../support/stacks.ts';

const names = ['masternode', 'homelab', 'storagenodet3500'];
const MANAGED = 'app.kubernetes.io/managed-by=calispray-verify';

/** A process that carries a verification out, on whichever node: the agents on it are among them. */
const OURS = 'Given with .python3 -c';
/** What else an agent begins. */
const PROXY = 'proxy --unix-socket /run/calispray-verify';

interface Ran {
  readonly code: number | null;
  readonly events: readonly VerifyEvent[];
  readonly errors: string;
}

/** Where, what, and the checks that say so with the words that they say. */
type Fault = readonly [on: string, command: string, said: Record<string, RegExp>];

/** On the lab's three nodes, over the connection that a workstation has: real sshd, API, Pods, Services and DNS. */
describe('a verification of the lab', function () {
  this.timeout(900_000);
  let ground: Ground;
  let nodes: LabNodes;
  let plan: VerifyPlan;

  before(async () => {
    ground = await Ground.make('verify-test');
    nodes = new LabNodes(ground.lab.dir);
    const { code, text } = ground.play({}, 'cluster.yml');
    assert.equal(code, 0, text);
    const cluster = clusterOf(stackCluster('lab'));
    plan = verifyPlan(cluster);
    const laid = (user: string) =>
      JSON.stringify({
        hosts: hostsOf({ ...cluster, nodes: cluster.nodes.map((node) => ({ ...node, ssh: { ...node.ssh, user } })) }),
      });
    for (const [user, home] of [
      ['root', '/root'],
      ['ops', '/home/ops'],
    ] as const) {
      const place = `${home}/.calispray/lab`;
      ground.on.ssh(
        'masternode',
        `umask 077; mkdir -p ${place}; cp key ${place}/id_ed25519; cp known_hosts ${place}; cat > ${place}/desired.json; chown -R ${user} ${home}/.calispray`,
        laid(user),
      );
    }
    await bounded(
      'DNS is ready',
      60,
      () =>
        nodes.kubectl(
          '-n',
          'kube-system',
          'get',
          'pods',
          '-l',
          'k8s-app=kube-dns',
          '-o',
          'jsonpath={.items[*].status.phase}',
        ) === 'Running Running',
    );
  });
  after(() => ground.remove());

  /** Over SSH out of the workstation's network, as whoever. */
  function start(what: VerifyPlan, user = 'root'): ChildProcess & { ended: Promise<Ran>; said: () => VerifyEvent[] } {
    const dir = ground.lab.dir;
    const options = [
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      'LogLevel=ERROR',
      `UserKnownHostsFile=${join(dir, 'known_hosts')}`,
    ];
    const ssh = [
      'ssh',
      '-F',
      '/dev/null',
      '-i',
      join(dir, 'id_ed25519'),
      ...options.flatMap((option) => ['-o', option]),
    ];
    const argv = [`--net=${ground.lab.workstation}`, ...ssh, `${user}@192.168.4.63`, verifyCommand()];
    const child = spawn('nsenter', argv, { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end(verifyInput(what));
    let [out, errors] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const said = () =>
      out
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as VerifyEvent);
    const ended = new Promise<Ran>((resolve) => {
      child.on('close', (code) => resolve({ code, events: said(), errors }));
    });
    return Object.assign(child, { ended, said });
  }
  const results = ({ events }: Ran): Record<string, CheckResult> =>
    Object.fromEntries(events.flatMap((each) => (each.event === 'check' ? [[each.id, each]] : [])));

  /** Everything of a verification that is anywhere: in the API, and on the nodes. */
  function traces(): string[] {
    const inApi = nodes.kubectl('get', 'namespaces', '-l', MANAGED, '-o', 'name').trim().split('\n');
    const onNodes = names.flatMap((name) => {
      const found = nodes.run(
        name,
        'sh',
        '-c',
        `ls -d /run/calispray-verify-* 2>/dev/null; ls /run/netns | grep calispray-verify; pgrep -f "$0" | grep -vx $$; true`,
        `${OURS}|${PROXY}`,
      );
      return found
        .trim()
        .split('\n')
        .map((line) => line && `${name}: ${line}`);
    });
    return [...inApi, ...onNodes].filter((line) => line !== '');
  }
  const nothingLeft = () => bounded('nothing is left', 60, () => traces().length === 0);

  it('all that the lab can show passes, two at once, and what it cannot is not judged', async () => {
    nodes.run(
      'masternode',
      'sh',
      '-c',
      `kubectl() { /usr/local/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf "$@"; }
      kubectl create namespace calispray-verify-0ld && kubectl label namespace calispray-verify-0ld ${MANAGED} &&
      kubectl annotate namespace calispray-verify-0ld calispray.dev/remove-after=2020-01-01T00:00:00Z`,
    );
    const both = await Promise.all([start(plan).ended, start(plan, 'ops').ended]);
    for (const ran of both) {
      assert.deepEqual([ran.code, ran.errors], [0, ''], JSON.stringify(ran.events, null, 1));
      const found = Object.values(results(ran));
      assert.equal(found.length, plan.checks.length);
      const not = found
        .filter(({ outcome }) => outcome !== 'passed')
        .map(({ id, outcome }) => `${id} ${outcome}`)
        .sort();
      const calico = ['calico-apiserver', 'calico-kube-controllers', 'calico-node'].map(
        (name) => `components-ready/${name}`,
      );
      assert.deepEqual(
        not,
        [...calico, 'policy-enforced', 'versions/calico'].map((id) => `${id} not-judged`),
      );
      assert.equal(
        results(ran)['pods-across-nodes/masternode+homelab']?.seen,
        '84 and 1500 bytes, TCP and UDP, both ways',
      );
      assert.equal(results(ran)['outside/homelab']?.seen, 'storagenodet3500 sees 192.168.4.62');
    }
    // What a killed one left before is gone as well.
    await nothingLeft();
  });

  describe('interrupted', () => {
    /** One whose pods run, and that waits for an address that nobody has. */
    async function atWork() {
      const waiting = {
        id: 'waits',
        sentence: '',
        kind: 'outside-address',
        with: { nodes: names, address: '192.0.2.77' },
        expected: '',
        required: true,
        seconds: 40,
      };
      const running = start({
        ...plan,
        checks: [...plan.checks.filter(({ kind }) => kind.startsWith('pods-')), waiting],
      });
      await bounded('it measures', 60, () =>
        running.said().some((each) => each.event === 'step' && each.text.includes('measuring')),
      );
      assert.notDeepEqual(traces(), []);
      return running;
    }

    it('by the end of the workstation’s process', async () => {
      const running = await atWork();
      running.kill('SIGKILL');
      await nothingLeft();
    });

    it('by a cable that is pulled: nobody is told, and it ends by itself', async () => {
      const running = await atWork();
      nodes.run('masternode', 'ip', 'route', 'add', 'blackhole', '192.168.4.10/32');
      await nothingLeft();
      nodes.run('masternode', 'ip', 'route', 'del', 'blackhole', '192.168.4.10/32');
      running.kill('SIGKILL');
    });

    it('by SIGKILL of what carries it out: the agents take everything away', async () => {
      const running = await atWork();
      nodes.run('masternode', 'pkill', '-KILL', '-o', '-f', OURS);
      assert.notEqual((await running.ended).code, 0);
      await nothingLeft();
    });

    it('by SIGKILL of everything on the controller: the next one takes it away', async () => {
      const running = await atWork();
      nodes.run('masternode', 'pkill', '-KILL', '-f', OURS);
      await running.ended;
      const left = nodes.kubectl('get', 'namespaces', '-l', MANAGED, '-o', 'name').trim();
      assert.match(left, /^namespace\/calispray-verify-\w+$/);
      nodes.kubectl('annotate', '--overwrite', left, 'calispray.dev/remove-after=2020-01-01T00:00:00Z');
      const next = await start({ ...plan, checks: plan.checks.filter(({ kind }) => kind === 'pods-same-node') }).ended;
      assert.equal(next.code, 0, next.errors);
      await nothingLeft();
    });
  });

  /** What is broken on which node, and the checks that say so. Last, since nothing is mended. */
  const faults: Fault[] = [
    [
      'masternode',
      'nft add rule inet broken forward iifname "cali*" oifname "cali*" icmp type echo-request drop',
      { 'pods-same-node/masternode': /^masternode → masternode: no answer/ },
    ],
    [
      'homelab',
      'ip link set dev $(ip -o route get 192.168.4.63 | sed "s/.* dev //; s/ .*//") mtu 1400',
      {
        'pods-across-nodes/masternode+homelab':
          /homelab → masternode: 1400 bytes are the most, a “fragmentation needed” named 1400/,
      },
    ],
    [
      'homelab',
      'nft add rule inet broken input iifname "cali*" udp dport 53 drop',
      { 'dns-udp': /^from homelab: 169\.254\.25\.10: no answer within/ },
    ],
    [
      'storagenodet3500',
      'nft add rule inet broken early ip daddr 10.233.0.0/18 drop',
      { service: /^from storagenodet3500: 10\.233\.\d+\.\d+:80: silent$/ },
    ],
    [
      'storagenodet3500',
      'nft delete table ip calispray_lab',
      { 'outside/storagenodet3500': /^masternode sees the pod’s own address 10\.244\./ },
    ],
    [
      'storagenodet3500',
      'systemctl stop calispray-lab-bird',
      {
        'bgp-sessions/storagenodet3500': /no BIRD runs|Connection refused/,
        'routes/masternode': /^1 of 2 blocks have a route; none to 10\.244\.\S+ of storagenodet3500$/,
        'bgp-sessions/masternode': /^1 of 2 Established; 192\.168\.4\.61 is (Active|Connect|Idle)/,
      },
    ],
    [
      'storagenodet3500',
      'ip route replace blackhole $(ip route | sed -n "s/^\\(10.244.[^ ]*\\) via 192.168.4.63 .*/\\1/p" | head -1)',
      {
        'routes/storagenodet3500': /of masternode is blackhole here/,
        'pods-across-nodes/masternode+storagenodet3500': /storagenodet3500 → masternode: /,
      },
    ],
    [
      'masternode',
      `kubectl patch node homelab --subresource=status --type=merge -p '{"status":{"nodeInfo":{"kubeletVersion":"v1.34.0"}}}'`,
      { 'versions/homelab': /^1\.34\.0$/ },
    ],
    [
      'masternode',
      `kubectl patch node storagenodet3500 --subresource=status --type=merge -p '{"status":{"conditions":[{"type":"Ready","status":"False","reason":"Test","message":"stopped"}]}}'`,
      { 'nodes-ready/storagenodet3500': /^not Ready: stopped$/ },
    ],
    ['masternode', 'true', { 'outside-address/192.0.2.77': /^from masternode: (silent|Destination|Network)/ }],
  ];

  /** More of it, which would hide some of the first. */
  const more: Fault[] = [
    [
      'homelab',
      'ip link set dev $(ip -o route get 192.168.4.63 | sed "s/.* dev //; s/ .*//") mtu 1500; nft add rule inet broken forward meta l4proto { tcp, udp } drop',
      { 'pods-across-nodes/masternode+homelab': /masternode → homelab: echoes are answered, TCP and UDP not/ },
    ],
    [
      'masternode',
      'kubectl -n kube-system scale deployment coredns --replicas=0',
      { 'components-ready/coredns': /^0 of 1 Ready$/, 'dns-tcp': /^from masternode: 169\.254\.25\.10: / },
    ],
    [
      'masternode',
      `kubectl patch ippools.projectcalico.org default-pool --type=merge -p '{"spec":{"natOutgoing":false}}'`,
      {
        'pool-as-declared/default-pool': /^natOutgoing is off, not on$/,
        'outside/masternode': /^homelab sees the pod’s own address/,
      },
    ],
  ];

  /** Breaks all of it, and holds one verification to what it is to say. */
  async function broken(faults: readonly Fault[], fine: readonly string[]): Promise<void> {
    for (const [on, command] of faults)
      nodes.run(on, 'sh', '-c', `export KUBECONFIG=/etc/kubernetes/admin.conf; ${command}`);
    const nowhere = {
      id: 'outside-address/192.0.2.77',
      sentence: '',
      kind: 'outside-address',
      with: { nodes: ['masternode'], address: '192.0.2.77' },
      expected: '',
      required: true,
    };
    const quick = [...plan.checks, nowhere].map((check) => ({ ...check, seconds: 12 }));
    const ran = await start({ ...plan, checks: quick }).ended;
    assert.equal(ran.code, 1);
    const found = results(ran);
    for (const [id, said] of faults.flatMap(([, , each]) => Object.entries(each))) {
      assert.equal(found[id]?.outcome, 'failed', `${id}: ${found[id]?.seen}`);
      assert.match(found[id]?.seen ?? '', said, id);
      assert.ok(ran.errors.includes(found[id]?.seen ?? id), ran.errors);
    }
    for (const id of fine) assert.equal(found[id]?.outcome, 'passed', `${id}: ${found[id]?.seen}`);
    await nothingLeft();
  }

  describe('what is broken', () => {
    it('fails each check that is about it, which says how, and what is not broken passes', async () => {
      const chain = (name: string, hook: string, priority: number) =>
        `add chain inet broken ${name} { type filter hook ${hook} priority ${priority}; }`;
      const chains = [chain('forward', 'forward', 0), chain('input', 'input', 0), chain('early', 'prerouting', -300)];
      for (const name of names) nodes.run(name, 'nft', ['add table inet broken', ...chains].join('; '));
      const fine = ['nodes-ready/homelab', 'versions/masternode', 'outside/masternode', 'dns-tcp'];
      await broken(faults, [...fine, 'components-ready/coredns', 'pool-as-declared/default-pool']);
      await broken(more, ['nodes-ready/homelab', 'versions/masternode']);
    });

    it('a node that lets nobody in, and the last control-plane node down', async () => {
      nodes.run('homelab', 'systemctl', 'stop', 'ssh');
      const checks = plan.checks.filter(({ id }) => /^(nodes-ready|pods-same-node)/.test(id));
      const shut = results(await start({ ...plan, checks }).ended);
      assert.match(
        shut['nodes-ready/homelab']?.seen ?? '',
        /^homelab could not be asked: ssh: connect to host 192\.168\.4\.62 port 22: Connection refused/,
      );
      assert.equal(shut['nodes-ready/masternode']?.outcome, 'passed');
      nodes.run('masternode', 'systemctl', 'stop', 'kube-apiserver');
      const down = await start({ ...plan, checks }).ended;
      assert.equal(down.code, 1);
      assert.match(results(down)['nodes-ready/masternode']?.seen ?? '', /the API does not answer: masternode: /);
    });
  });
});
