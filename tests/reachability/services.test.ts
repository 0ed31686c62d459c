import assert from 'node:assert/strict';
import type { Query, Resource } from '../../reachability/index.ts';
import { ask, calico, kubernetes, namespace, pod, verdict } from './worlds.ts';

const service: Resource = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'n' },
  spec: {
    clusterIP: '10.233.0.7',
    selector: { app: 'web' },
    ports: [
      { port: 80, targetPort: 'http' },
      { port: 81, targetPort: 8080, protocol: 'UDP' },
    ],
  },
};
const world = [
  namespace('n'),
  pod('n/one', { app: 'web', v: '1' }),
  pod('n/two', { app: 'web', v: '2' }),
  pod('n/client'),
  service,
];
const query = (more: Partial<Query> = {}): Query => ({
  src: 'n/client',
  dst: 'service/n/web',
  proto: 'tcp',
  port: 80,
  ...more,
});
const only = (port: number) =>
  kubernetes('n/p', { podSelector: { matchLabels: { app: 'web' } }, ingress: [{ ports: [{ port }] }] });

describe('a connection to a service', () => {
  it('is judged by the port and the address behind it', () => {
    assert.equal(verdict([...world, only(8080)], query()), 'allow');
    assert.equal(verdict([...world, only(80)], query()), 'deny');
    assert.equal(verdict([...world, only(8080)], query({ dst: '10.233.0.7' })), 'allow');
    const answer = ask([...world, only(8080)], query());
    assert.deepEqual(answer.ok && answer.verdict.behind, [
      { dst: 'n/one', port: 8080, verdict: 'allow' },
      { dst: 'n/two', port: 8080, verdict: 'allow' },
    ]);
  });

  it('depends on who answers where the endpoints differ', () => {
    const half = calico('p', { selector: "v == '2'", ingress: [{ action: 'Deny' }] });
    const answer = ask([...world, half], query());
    assert.ok(answer.ok);
    assert.equal(answer.verdict.verdict, 'depends');
    assert.equal(answer.verdict.ingress.trace.at(-1)?.policy, 'p');
    assert.deepEqual(
      answer.verdict.behind?.map((one) => one.verdict),
      ['allow', 'deny'],
    );
  });

  it('never meets a rule about the address of the service', () => {
    const named = calico('p', {
      selector: '!has(app)',
      types: ['Egress'],
      egress: [{ action: 'Allow', destination: { nets: ['10.233.0.0/18'] } }],
    });
    assert.equal(verdict([...world, named], query({ dst: '10.233.0.7' })), 'deny');
  });

  it('has no answer where the service has none', () => {
    assert.match(verdict(world, query({ port: 82 })), /no port 82/);
    assert.match(verdict(world, query({ proto: 'udp' })), /no port 80 of this protocol/);
    assert.match(verdict(world, query({ proto: 'tpc' })), /no protocol/);
    assert.match(verdict(world, query({ dst: 'service/n/other' })), /there is no service\/n\/other/);
    assert.match(verdict([service, pod('n/client')], query()), /nothing .* is behind/);
    const { port: _, ...portless } = query();
    assert.match(verdict(world, portless), /which port/);
  });
});
