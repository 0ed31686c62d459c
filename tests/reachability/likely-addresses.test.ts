import assert from 'node:assert/strict';
import { type Resource, World, withLikelyAddresses } from '../../reachability/index.ts';
import { calico, pod, resource } from './worlds.ts';

const waiting = (id: string): Resource => pod(id, {}, { status: {} });
const pool = (name: string, cidr: string, more: object = {}) => resource('IPPool', name, { cidr, ...more });
const given = (...resources: Resource[]) =>
  withLikelyAddresses(resources, new World(resources))
    .filter(({ kind }) => kind === 'Pod')
    .map(({ status }) => ((status as { podIPs?: { ip: string }[] }).podIPs ?? []).map(({ ip }) => ip));
const net = (cidr: string) =>
  calico('g', { types: ['Ingress'], ingress: [{ action: 'Allow', source: { nets: [cidr] } }] });

describe('pods that wait for an address', () => {
  it('get one of the pool each, that nobody has', () => {
    const has = pod('n/c', {}, { status: { podIP: '10.0.0.2' } });
    assert.deepEqual(given(pool('p', '10.0.0.0/24'), waiting('n/a'), waiting('n/b'), has), [
      ['10.0.0.3'],
      ['10.0.0.4'],
      [],
    ]);
  });

  it('get one of each family', () => {
    assert.deepEqual(given(pool('p', '10.0.0.0/24'), pool('q', 'fd00::/64'), waiting('n/a')), [
      ['10.0.0.2', 'fd00:0:0:0:0:0:0:2'],
    ]);
  });

  for (const [why, resources, expected] of [
    ['a net holds all of the pool', [pool('p', '10.0.0.0/24'), net('10.0.0.0/8')], ['10.0.0.2']],
    ['a net is elsewhere', [pool('p', '10.0.0.0/24'), net('10.0.1.0/24')], ['10.0.0.2']],
    ['a net cuts the pool', [pool('p', '10.0.0.0/24'), net('10.0.0.128/25')], []],
    ['a net holds one of two pools', [pool('p', '10.0.0.0/24'), pool('q', '10.1.0.0/24'), net('10.1.0.0/16')], []],
    ['the pool is for tunnels alone', [pool('p', '10.0.0.0/24', { allowedUses: ['Tunnel'] })], []],
    ['there is no pool', [], []],
  ] as const) {
    it(`get ${expected.length === 0 ? 'none' : 'one'} where ${why}`, () => {
      assert.deepEqual(given(...resources, waiting('n/a')), [expected]);
    });
  }

  it('of a full pool stay without', () => {
    assert.deepEqual(given(pool('p', '10.0.0.0/30'), waiting('n/a'), waiting('n/b'), waiting('n/c')), [
      ['10.0.0.2'],
      ['10.0.0.3'],
      [],
    ]);
  });
});
