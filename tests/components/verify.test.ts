import assert from 'node:assert/strict';
import type { Check } from '../../kubespray/verify/types.ts';
import { SUBNET } from './probes-world.ts';
import { ending, pods, result, VerifyWorld } from './verify-world.ts';

/** The whole of it but the machines: real agents, real packets between pods, an API of files. The lab has the rest. */
describe('a verification on the controller', function () {
  this.timeout(120_000);
  let world: VerifyWorld;
  afterEach(() => world.remove());

  const calico = '/apis/crd.projectcalico.org/v1';
  const daemonSet = (tag: string) => ({
    spec: {
      template: {
        spec: {
          containers: [{ image: `quay.io/calico/node:${tag}` }],
          initContainers: [{ image: `quay.io:5000/calico/cni:${tag}@sha256:0` }],
        },
      },
    },
  });
  const podOf = (name: string, node: string, ready: boolean) => ({
    metadata: { name, labels: { app: 'x' } },
    spec: { nodeName: node },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  });

  /** Checks of the API alone, each with what makes it pass and what makes it fail. */
  const ofTheApi: [Partial<Check>, (world: VerifyWorld) => void, (world: VerifyWorld) => void, RegExp][] = [
    [
      { kind: 'node', with: { node: 'alpha' } },
      () => {},
      (on) => on.node('alpha', { ready: 'False' }),
      /^not Ready: container runtime is down$/,
    ],
    [
      { kind: 'kubelet-version', with: { node: 'beta', version: '1.35.4' } },
      () => {},
      (on) => on.node('beta', { version: 'v1.34.3', podCIDRs: ['10.99.5.0/24'] }),
      /^1\.34\.3$/,
    ],
    [
      {
        kind: 'component',
        with: { namespace: 'kube-system', selector: 'app=x', called: 'x', nodes: ['alpha', 'beta'] },
      },
      (on) => {
        on.object('/api/v1/namespaces/kube-system/pods/x-1', podOf('x-1', 'alpha', true));
        on.object('/api/v1/namespaces/kube-system/pods/x-2', podOf('x-2', 'beta', true));
        on.object('/api/v1/namespaces/kube-system/pods/y', {
          ...podOf('y', 'beta', false),
          metadata: { labels: { app: 'y' } },
        });
      },
      (on) => on.object('/api/v1/namespaces/kube-system/pods/x-2', podOf('x-2', 'beta', false)),
      /^none Ready on beta; x-2 on beta: not Ready$/,
    ],
    [
      { kind: 'calico-version', with: { namespace: 'kube-system', daemonSet: 'calico-node', version: '3.31.5' } },
      (on) => on.object('/apis/apps/v1/namespaces/kube-system/daemonsets/calico-node', daemonSet('v3.31.5')),
      (on) => on.object('/apis/apps/v1/namespaces/kube-system/daemonsets/calico-node', daemonSet('v3.30.2')),
      /^an image of calico-node is v3\.30\.2$/,
    ],
    [
      {
        kind: 'pool',
        with: {
          name: 'default-pool',
          spec: { cidr: `${SUBNET}.0/24`, blockSize: 26, ipipMode: 'Never', natOutgoing: true },
        },
      },
      (on) => on.object(`${calico}/ippools/default-pool`, { spec: { cidr: `${SUBNET}.0/24`, natOutgoing: true } }),
      (on) => on.object(`${calico}/ippools/default-pool`, { spec: { cidr: `${SUBNET}.0/24`, ipipMode: 'Always' } }),
      /^ipipMode is Always, not Never; natOutgoing is off, not on$/,
    ],
    [
      { kind: 'routes', with: { node: 'alpha', ipam: 'calico' } },
      (on) => {
        on.object(`${calico}/ipamblocks/a`, { spec: { affinity: 'host:alpha', cidr: '10.99.9.0/26' } });
        on.object(`${calico}/ipamblocks/b`, { spec: { affinity: 'host:beta', cidr: '10.98.0.64/26' } });
        on.net.onNode('ip', 'route', 'add', '10.98.0.64/26', 'dev', 'calib1');
      },
      (on) => {
        on.net.onNode('ip', 'route', 'replace', 'blackhole', '10.98.0.64/26');
        on.object(`${calico}/ipamblocks/c`, { spec: { affinity: 'host:beta', cidr: '10.99.7.0/26' } });
      },
      /^0 of 2 blocks have a route; 10\.98\.0\.64\/26 of beta is blackhole here; none to 10\.99\.7\.0\/26 of beta$/,
    ],
    [
      { kind: 'routes', id: 'routes/host-local', with: { node: 'alpha', ipam: 'host-local' } },
      (on) => {
        on.node('beta', { podCIDRs: ['10.99.5.0/24', 'fd99:5::/64'] });
        on.net.onNode('ip', 'route', 'add', '10.99.0.0/16', 'dev', 'calib1');
      },
      (on) => {
        on.net.onNode('ip', 'route', 'del', '10.99.0.0/16');
        on.net.onNode('ip', 'route', 'add', 'default', 'dev', 'calib1');
      },
      /^0 of 1 blocks have a route; none to 10\.99\.5\.0\/24 of beta$/,
    ],
  ];

  it('judges what the API and the nodes say, and passes nothing that is broken', async () => {
    world = new VerifyWorld();
    for (const [, make] of ofTheApi) make(world);
    const plan = world.plan(ofTheApi.map(([check]) => ({ ...check, seconds: 4 })));
    const well = await world.verify(plan);
    assert.deepEqual(
      well.events.flatMap((each) => (each.event === 'check' && each.outcome !== 'passed' ? [each] : [])),
      [],
    );
    assert.deepEqual([well.code, well.errors, ending(well).ok], [0, '', true]);

    for (const [, , spoil] of ofTheApi) spoil(world);
    const spoilt = await world.verify(plan);
    assert.equal(spoilt.code, 1);
    assert.equal(ending(spoilt).ok, false);
    for (const [check, , , said] of ofTheApi) {
      const { outcome, seen } = result(spoilt, check.id ?? check.kind ?? '');
      assert.equal(outcome, 'failed', `${check.kind}: ${seen}`);
      assert.match(seen, said);
      assert.ok(spoilt.errors.includes(seen), spoilt.errors);
    }
    assert.deepEqual(world.made(), [], 'nothing needed pods');
  });

  it('a check that is not required fails alone', async () => {
    world = new VerifyWorld();
    const plan = world.plan([
      { kind: 'pool', with: { name: 'none', spec: {} }, required: false, seconds: 4 },
      { kind: 'node', with: { node: 'alpha' } },
    ]);
    const ran = await world.verify(plan);
    assert.deepEqual([ran.code, ran.errors, result(ran, 'pool').outcome, ending(ran).ok], [0, '', 'failed', true]);
  });

  it('measures between pods of its own, which it takes away', async () => {
    world = new VerifyWorld();
    const plan = world.plan([
      pods(),
      { kind: 'pods-same-node', with: { node: 'alpha', size: 1500 } },
      pods({ id: 'ipv6', with: { nodes: ['alpha', 'beta'], size: 1500, family: 6 } }),
      { kind: 'outside', with: { from: 'beta', to: 'alpha', snat: false } },
      { kind: 'outside', id: 'outside-ipv6', with: { from: 'alpha', to: 'beta', snat: false, family: 6 } },
      { kind: 'outside', id: 'snat', with: { from: 'beta', to: 'alpha', snat: true }, required: false },
      { kind: 'outside-address', with: { nodes: ['alpha', 'beta'], address: '192.0.2.1' } },
      {
        kind: 'outside-address',
        id: 'port',
        with: { nodes: ['alpha'], address: '192.0.2.1', port: 4 },
        required: false,
      },
      { kind: 'policy', with: { nodes: ['alpha', 'beta'] } },
    ]);
    const ran = await world.verify(plan);
    assert.deepEqual([ran.code, ran.errors], [0, ''], JSON.stringify(ran.events, null, 1));
    assert.equal(result(ran, 'pods-across-nodes').seen, '84 and 1500 bytes, TCP and UDP, both ways');
    assert.equal(result(ran, 'pods-same-node').seen, '84 and 1500 bytes, both ways');
    assert.match(result(ran, 'outside').seen, new RegExp(`^alpha sees ${SUBNET}\\.6[567]$`));
    assert.equal(result(ran, 'ipv6').seen, '84 and 1500 bytes, TCP and UDP, both ways');
    assert.match(result(ran, 'outside-ipv6').seen, /^beta sees fd99:[0-9a-f]+::[123]$/);
    assert.equal(result(ran, 'snat').outcome, 'failed');
    assert.match(result(ran, 'snat').seen, new RegExp(`^alpha sees the pod’s own address ${SUBNET}\\.6[567]$`));
    assert.equal(result(ran, 'outside-address').seen, 'answered from 2 nodes');
    assert.equal(result(ran, 'port').seen, 'from alpha: refused');
    assert.equal(result(ran, 'policy').seen, 'reached before, not after');
    assert.deepEqual(world.left(), []);
    assert.deepEqual(ending(ran).left, []);

    const made = world.made();
    const [namespace, beside] = made
      .filter(([path]) => path === '/api/v1/namespaces')
      .map(([, { metadata }]) => metadata);
    assert.match(namespace?.name ?? '', /^calispray-verify-[0-9a-f]{6}$/);
    assert.equal(beside?.name, `${namespace?.name}-policy`);
    assert.ok(Date.parse(namespace?.annotations?.['calispray.dev/remove-after'] ?? '') > Date.now());
    const specs = made.filter(([path]) => path.endsWith('/pods')).map(([, { spec }]) => spec);
    assert.deepEqual(new Set(specs.map((spec) => spec?.nodeName)), new Set(['alpha', 'beta']));
    for (const spec of specs) {
      assert.partialDeepStrictEqual(spec, {
        activeDeadlineSeconds: 120,
        automountServiceAccountToken: false,
        containers: [
          {
            image: 'registry.example/pause:3.10.1',
            imagePullPolicy: 'IfNotPresent',
            securityContext: { capabilities: { drop: ['ALL'] } },
          },
        ],
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        tolerations: [{ operator: 'Exists' }],
      });
    }
  });

  it('a path that is narrower than what is promised, with its size', async () => {
    world = new VerifyWorld({ mtu: 1400 });
    const ran = await world.verify(world.plan([pods()]));
    const { outcome, seen, hint } = result(ran, 'pods-across-nodes');
    assert.equal(outcome, 'failed');
    assert.match(
      seen,
      /^alpha → beta: 1400 bytes are the most, a “fragmentation needed” named 1400; beta → alpha: 1404 bytes are the most, and nobody says so/,
    );
    assert.match(hint ?? '', /lower network\.mtu to 1400/);
  });

  it('a policy that nothing enforces', async () => {
    world = new VerifyWorld();
    world.faults({ policies: 'ignored' });
    const ran = await world.verify(world.plan([{ kind: 'policy', with: { nodes: ['alpha', 'beta'] }, seconds: 8 }]));
    assert.deepEqual(
      [result(ran, 'policy').outcome, result(ran, 'policy').seen],
      ['failed', 'still reached after the policy'],
    );
    assert.deepEqual(world.left(), []);
  });

  it('a policy of Kubernetes that a global one comes before: Calico’s own is what shows that they are enforced', async () => {
    world = new VerifyWorld();
    world.faults({ policies: 'allowed-before' });
    const check = { kind: 'policy', with: { nodes: ['alpha', 'beta'], calico: true }, seconds: 12 };
    const ran = await world.verify(world.plan([check]));
    assert.deepEqual([result(ran, 'policy').outcome, ran.code], ['passed', 0], JSON.stringify(ran.events));
    assert.match(
      result(ran, 'policy').seen,
      /not after one of Calico that comes first; a global policy lets it in before/,
    );
    assert.deepEqual(world.left(), []);
  });

  it('pods that do not start, each said by its reason, and what does not need them judged all the same', async () => {
    world = new VerifyWorld();
    const waiting = [{ state: { waiting: { reason: 'ErrImagePull', message: 'no such host' } } }];
    world.faults({ pods: { alpha: { phase: 'Pending', containerStatuses: waiting }, beta: { phase: 'Succeeded' } } });
    const ran = await world.verify(world.plan([pods(), { kind: 'node', with: { node: 'beta' } }], { seconds: 12 }));
    assert.equal(ran.code, 1);
    assert.equal(result(ran, 'node').outcome, 'passed');
    assert.match(result(ran, 'pods-across-nodes').seen, /ErrImagePull: no such host|ended at once/);
    assert.deepEqual(world.left(), []);
  });

  it('a node that lets nobody in, and an API that is not there', async () => {
    world = new VerifyWorld();
    world.faults({ api: 'down' });
    const silent = await world.verify(world.plan([{ kind: 'node', with: { node: 'alpha' } }, pods()]));
    assert.match(
      result(silent, 'node').seen,
      /the API does not answer: alpha: error: the server is not to be found here/,
    );
    assert.match(result(silent, 'pods-across-nodes').seen, /the API does not answer/);
    world.faults({ api: 'refused' });
    const refused = await world.verify(world.plan([{ kind: 'node', with: { node: 'alpha' } }]));
    assert.equal(
      result(refused, 'node').seen,
      'the API does not answer: alpha: dial tcp 192.0.2.1:6443: connect: connection refused (status 500)',
    );
    world.faults({ api: 'down' });
    world.net.onNode('touch', `${world.dir}/down`);
    const down = await world.verify(world.plan([{ kind: 'node', with: { node: 'beta' } }]));
    assert.equal(result(down, 'node').seen, 'beta could not be asked: ssh: connect to host: No route to host');
    const unknown = world.plan([{ kind: 'node', with: { node: 'gamma' } }]);
    const gamma = await world.verify({
      ...unknown,
      nodes: [...unknown.nodes, { name: 'gamma', address: '192.0.2.9', roles: [] }],
    });
    assert.match(result(gamma, 'node').seen, /^gamma could not be asked: it is not in the inventory/);
    world.net.onNode('rm', `${world.dir}/.calispray/test/desired.json`);
    const empty = await world.verify(world.plan([{ kind: 'node', with: { node: 'beta' } }]));
    assert.deepEqual([empty.code, empty.events.length], [2, 0]);
    assert.match(empty.errors, /desired\.json is not on the controller: run `up`/);
  });

  it('goes to nodes as the playbooks do: host keys that are checked, the controller’s own key, root by sudo', async () => {
    world = new VerifyWorld({ user: 'ops' });
    const ran = await world.verify(world.plan([pods()]));
    assert.deepEqual([ran.code, ran.errors], [0, '']);
    const [alpha, beta] = world.logins().sort((a) => (a.includes('192.0.2.1 ') ? -1 : 1));
    const home = `${world.dir}/.calispray/test`;
    assert.match(
      alpha ?? '',
      new RegExp(
        `BatchMode=yes .*StrictHostKeyChecking=yes -o UserKnownHostsFile=${home}/known_hosts -i ${home}/id_ed25519 -p 22 ops@192\\.0\\.2\\.1 sudo -n python3 `,
      ),
    );
    assert.match(
      beta ?? '',
      new RegExp(
        `StrictHostKeyChecking=accept-new -o UserKnownHostsFile=${home}/known_hosts\\.accepted .*-p 2222 ops@192\\.0\\.2\\.2 `,
      ),
    );
  });
});
