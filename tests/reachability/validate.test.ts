import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../reachability/validate/duration.ts';
import { validateResource } from '../../reachability/validate/index.ts';
import { calico, resource } from './worlds.ts';

describe('what Calico refuses', () => {
  it('is told with the field and the reason', () => {
    const { kind, name, errors } = validateResource(
      calico('p', {
        ingress: [{ action: 'Allow', destination: { ports: ['80:90'] } }, { action: 'Drop' }],
        selector: "a = 'b'",
      }),
    );
    assert.deepEqual([kind, name], ['GlobalNetworkPolicy', 'p']);
    assert.deepEqual(
      errors,
      [
        'spec.ingress[0].destination.ports: numbers need protocol TCP, UDP or SCTP',
        'spec.ingress[1].action: "Drop" is none of Allow, Deny, Log, Pass',
        'spec.selector: "a = \'b\'" is no selector: expected ==, not a single =',
      ].sort((x, y) => errors.indexOf(x) - errors.indexOf(y)),
    );
  });

  it('is nothing of a kind that is not Calico’s', () => {
    const own = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'A B' }, spec: 5 };
    assert.deepEqual(validateResource(own).errors, []);
  });

  it('is what is no resource at all', () => {
    assert.match(validateResource({ kind: 'Tier', metadata: { name: 'a' } }).errors.join(), /no apiVersion/);
    for (const value of [null, undefined, 5, 'x', [], {}]) assert.equal(validateResource(value).errors.length, 1);
  });

  it('never breaks down over a value of another type', () => {
    const kinds = [
      'NetworkPolicy',
      'GlobalNetworkPolicy',
      'Tier',
      'IPPool',
      'BGPPeer',
      'BGPConfiguration',
      'BGPFilter',
      'HostEndpoint',
      'FelixConfiguration',
      'NetworkSet',
      'StagedNetworkPolicy',
      'StagedKubernetesNetworkPolicy',
      'KubeControllersConfiguration',
      'Profile',
      'IPReservation',
    ];
    const fields = [
      'ingress',
      'egress',
      'selector',
      'types',
      'source',
      'ports',
      'nets',
      'cidr',
      'communities',
      'exportV4',
      'routeTableRanges',
      'http',
      'paths',
      'services',
      'labels',
    ];
    const value = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, 0, -1, 1.5, '', 'a', true, '10.0.0.0/8'),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...fields), tie('any'), { maxKeys: 4 }),
      ),
    })).any;
    fc.assert(
      fc.property(fc.constantFrom(...kinds), value, value, (kind, spec, metadata) => {
        const { errors } = validateResource({ apiVersion: 'projectcalico.org/v3', kind, metadata, spec });
        assert.ok(errors.every((error) => error.length > 0));
      }),
      { numRuns: 2000 },
    );
  });

  it('is a pool that lies around the link-local addresses too', () => {
    const pool = (cidr: string) => validateResource(resource('IPPool', 'p', { cidr, ipipMode: 'Never' })).errors;
    for (const cidr of ['169.254.0.0/16', '169.254.7.0/24', '169.0.0.0/8', '0.0.0.0/0', 'fe80::/64', 'fe00::/7'])
      assert.match(pool(cidr).join(), /link-local/, cidr);
    for (const cidr of ['10.0.0.0/8', '169.255.0.0/16', 'fd00::/48']) assert.deepEqual(pool(cidr), [], cidr);
  });
});

describe('a duration', () => {
  it('is written so that it is read again', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), (nanoseconds) => {
        assert.equal(parseDuration(formatDuration(nanoseconds)), nanoseconds);
      }),
    );
  });

  for (const [text, written] of [
    ['90m', '1h30m0s'],
    ['1.5s', '1.5s'],
    ['0.5s', '500ms'],
    ['100us', '100µs'],
    ['-1m', '-1m0s'],
    ['0', '0s'],
    ['1h1ns', '1h0m0.000000001s'],
  ] as const) {
    it(`${text} is ${written}`, () => assert.equal(formatDuration(parseDuration(text) as bigint), written));
  }
  for (const text of ['', '5', 's', '.s', '1d', '1 s', '99999999999h']) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(parseDuration(text), undefined));
  }
});
