import assert from 'node:assert/strict';
import { jsonLine, textLine } from '../../cli/reach/answers.ts';
import { endNamed, explanationJson, explanationLines, explanationOf } from '../../cli/reach/explain.ts';
import { askable } from '../../cli/reach/world.ts';
import type { Query, Resource } from '../../reachability/index.ts';
import { calico, kubernetes, pod, resource } from '../reachability/worlds.ts';

const service: Resource = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'n' },
  spec: { clusterIP: '10.233.0.9', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
};
const world = [
  pod('n/client-1', { app: 'client' }),
  pod('n/web-1', { app: 'web' }),
  pod('n/web-2', { app: 'web', shut: 'yes' }),
  service,
  kubernetes('n/shut', { podSelector: { matchLabels: { shut: 'yes' } }, policyTypes: ['Ingress'] }),
  kubernetes('n/web', {
    podSelector: {
      matchExpressions: [
        { key: 'shut', operator: 'DoesNotExist' },
        { key: 'app', operator: 'In', values: ['web'] },
      ],
    },
    ingress: [
      {
        from: [{ ipBlock: { cidr: '1.0.0.0/8' } }, { podSelector: {} }],
        ports: [{ port: 8080 }, { protocol: 'UDP', port: 53 }],
      },
    ],
  }),
];

const lines = (query: Query, resources: readonly Resource[] = world) => {
  const asked = askable(resources, undefined);
  return explanationLines(explanationOf(asked, query), asked.resources);
};

describe('an explanation', () => {
  it('of a service tells where it is sent to, and one endpoint of each verdict', () => {
    assert.deepEqual(lines({ src: 'n/client-1', dst: 'service/n/web', port: 80 }), [
      'n/client-1 -> service/n/web tcp/80: depends',
      '  service/n/web sends it to n/web-1 tcp/8080: allow',
      '  service/n/web sends it to n/web-2 tcp/8080: deny',
      '  n/client-1 -> n/web-1 tcp/8080',
      '    egress of n/client-1: allow',
      '      allowed by the profile kns.n: no policy is for it',
      '    ingress of n/web-1: allow',
      '      allowed by ingress[0].from[1] of NetworkPolicy n/web (tier default)',
      '        allow from pods of namespace n on tcp/8080, udp/53',
      '  n/client-1 -> n/web-2 tcp/8080',
      '    egress of n/client-1: allow',
      '      allowed by the profile kns.n: no policy is for it',
      '    ingress of n/web-2: deny',
      '      denied at the end of tier default, where NetworkPolicy n/shut is for it',
    ]);
  });

  it('of the address of a service is the same', () => {
    const said = lines({ src: 'n/client-1', dst: '10.233.0.9', port: 80 });
    assert.deepEqual(said.slice(1, 3), [
      '  10.233.0.9 sends it to n/web-1 tcp/8080: allow',
      '  10.233.0.9 sends it to n/web-2 tcp/8080: deny',
    ]);
  });

  it('tells every tier that is passed, and on what it depends, by the numbers of its author', () => {
    const http = calico('http', {
      types: ['Ingress'],
      selector: "app == 'web'",
      order: 1,
      ingress: [{ action: 'Log' }, { action: 'Allow', protocol: 'TCP', http: { methods: ['GET'] } }],
    });
    const tier = resource('Tier', 'first', { order: 10 });
    const pass = calico('first.pass', {
      tier: 'first',
      types: ['Ingress'],
      ingress: [{ action: 'Pass', source: { nets: ['10.0.0.0/8'] } }],
    });
    const said = lines({ src: 'n/client-1', dst: 'n/web-2', port: 81 }, [...world, http, tier, pass]);
    assert.deepEqual(said.slice(3), [
      '  ingress of n/web-2: depends',
      '    passed on by ingress[0] of GlobalNetworkPolicy first.pass (tier first)',
      '      pass from 10.0.0.0/8',
      '    denied at the end of tier default, where GlobalNetworkPolicy http is for it',
      '    depends on HTTP GET on any path (ingress[1] of GlobalNetworkPolicy http)',
    ]);
    const asked = askable([...world, http], undefined);
    const query = { src: 'n/client-1', dst: 'n/web-2', port: 81 };
    assert.match(
      textLine(query, asked.world.ask(query), asked.resources),
      /ingress depends on HTTP GET on any path \(ingress\[1\] of/,
    );
  });

  it('has the hosts on the way, which may deny what both ends allow', () => {
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'one' },
      status: { addresses: [{ type: 'InternalIP', address: '192.168.4.61' }] },
    };
    const host = resource(
      'HostEndpoint',
      'h',
      { node: 'one', interfaceName: '*', expectedIPs: ['192.168.4.61'] },
      { labels: { host: 'yes' } },
    );
    const forward = calico('f', {
      selector: 'has(host)',
      applyOnForward: true,
      types: ['Ingress'],
      ingress: [{ action: 'Deny' }],
    });
    const on = [node, host, forward, pod('n/a', { app: 'a' }, { spec: { nodeName: 'one' } })];
    const query = { src: '203.0.113.7', dst: 'n/a', port: 80 };
    assert.deepEqual(lines(query, on), [
      '203.0.113.7 -> n/a tcp/80: deny',
      '  egress of 203.0.113.7: unpoliced',
      '  ingress of hostendpoint/h: deny',
      '    denied by ingress[0] of GlobalNetworkPolicy f (tier default)',
      '      deny from anywhere',
      '  ingress of n/a: allow',
      '    allowed by the profile kns.n: no policy is for it',
    ]);
    const asked = askable(on, undefined);
    const answer = asked.world.ask(query);
    assert.match(
      textLine(query, answer, asked.resources),
      /ingress of hostendpoint\/h denied by ingress\[0\] of GlobalNetworkPolicy f/,
    );
    const { way } = JSON.parse(jsonLine(query, answer));
    assert.deepEqual([way[0].endpoint, way[0].direction, way[0].side.verdict], ['hostendpoint/h', 'ingress', 'deny']);
    const [passage] = JSON.parse(explanationJson(explanationOf(asked, query), asked.resources)).way;
    assert.equal(passage.side.steps[0].field, 'ingress[0]');
  });

  it('is as much for a program', () => {
    const asked = askable(world, undefined);
    const query = { src: 'n/client-1', dst: 'service/n/web', proto: 'tcp', port: 80 };
    const said = JSON.parse(explanationJson(explanationOf(asked, query), asked.resources));
    assert.deepEqual(
      [said.src, said.dst, said.verdict, said.behind.length],
      ['n/client-1', 'service/n/web', 'depends', 2],
    );
    assert.deepEqual(
      said.translated.map((one: { dst: string; port: number; verdict: string }) => [one.dst, one.port, one.verdict]),
      [
        ['n/web-1', 8080, 'allow'],
        ['n/web-2', 8080, 'deny'],
      ],
    );
    const [step] = said.translated[0].ingress.steps;
    assert.deepEqual([step.object, step.field], ['NetworkPolicy n/web', 'ingress[0].from[1]']);
    assert.equal(said.stagedEnforced, undefined);
  });

  it('asks a workload as one of its pods, and the internet as one of its addresses', () => {
    const asked = askable(world, undefined);
    assert.deepEqual(
      ['n/web', 'n/web-2', 'internet', 'service/n/web', '1.2.3.4', 'n/none'].map((name) => endNamed(asked, name)),
      ['n/web-1', 'n/web-2', '203.0.113.7', 'service/n/web', '1.2.3.4', 'n/none'],
    );
    assert.match(
      lines({ src: 'n/none', dst: 'n/web-1', port: 80 }).join(),
      /^n\/none -> n\/web-1 tcp\/80: there is no n\/none/,
    );
  });

  it('says what staged policies would decide otherwise, and nothing where they would not', () => {
    const staged = (more: object) =>
      resource('StagedGlobalNetworkPolicy', 's', { order: 1, types: ['Ingress'], ...more });
    const shut = lines({ src: 'n/client-1', dst: 'n/web-1', port: 8080 }, [
      ...world,
      staged({ ingress: [{ action: 'Deny' }] }),
    ]);
    assert.deepEqual(shut.slice(-6), [
      '  once staged policies are enforced: deny',
      '    egress of n/client-1: allow',
      '      allowed by the profile kns.n: no policy is for it',
      '    ingress of n/web-1: deny',
      '      denied by ingress[0] of GlobalNetworkPolicy s (tier default)',
      '        deny from anywhere',
    ]);
    const same = lines({ src: 'n/client-1', dst: 'n/web-1', port: 8080 }, [
      ...world,
      staged({ selector: "app == 'x'" }),
    ]);
    assert.doesNotMatch(same.join('\n'), /staged/);
  });
});
