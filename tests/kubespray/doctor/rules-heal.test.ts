import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { contains, overlaps, parseCluster, range, UserError } from '../../../cluster/index.ts';
import { deriveMtu } from '../../../cluster/mtu.ts';
import { type Evidence, type Report, reportOf } from '../../../kubespray/doctor/index.ts';
import { evidenceOf, type Written } from './support/edit.ts';
import { type Healthy, healthy, stackOf, ways } from './support/healthy.ts';

const overheadOf = (base: Healthy): number => {
  const parsed = parseCluster(stackOf(base));
  assert.ok(parsed.ok);
  return deriveMtu(parsed.cluster).overhead;
};

const find = ({ findings }: Report, code: string) => findings.find((finding) => finding.code === code);

/** Pods whose packets end at that size, with nobody saying so. */
const narrowed = (largest: number): Written['edits'] => [{ at: ['paths', { layer: 'pod' }], with: { largest } }];

describe('the change that the doctor names', () => {
  it('is the MTU that the measured path leaves, and the stack with it has nothing wrong', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ways),
        fc.constantFrom(1400, 1500, 9000),
        fc.integer({ min: 1, max: 100 }),
        (way, interfaceMtu, more) => {
          const room = interfaceMtu - overheadOf({ way, interfaceMtu });
          const large: Healthy = { way, interfaceMtu, network: { mtu: room + more } };
          const report = reportOf(evidenceOf({ base: large, edits: narrowed(room) }));
          const found = find(report, 'mtu-larger-than-path');
          assert.deepEqual(found?.stack, { path: 'network.mtu', from: String(room + more), to: String(room) });
          assert.deepEqual(
            report.findings.map(({ code }) => code),
            ['mtu-larger-than-path'],
          );
          const healed = healthy({ way, interfaceMtu, network: { mtu: Number(found?.stack?.to) } });
          assert.deepEqual(reportOf(healed).findings, []);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('leaves room for the encapsulation where a switch carries less', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ways), fc.integer({ min: 900, max: 1499 }), (way, carries) => {
        const overhead = overheadOf({ way });
        const narrow: Written['edits'] = [
          { at: ['paths', { layer: 'node' }], with: { largest: carries } },
          ...narrowed(Math.min(carries, 1500) - overhead),
        ];
        const report = reportOf(evidenceOf({ base: { way }, edits: narrow }));
        assert.deepEqual(
          report.findings.map(({ code }) => code),
          ['mtu-smaller-switch-port'],
        );
        assert.deepEqual(report.findings[0]?.stack?.to, String(carries - overhead));
        assert.deepEqual(report.unexplained, []);
      }),
      { numRuns: 40 },
    );
  });

  it('is a pool that the stack takes, inside the range of pods and apart from those that are there', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 24 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 1000 }),
        (prefix, smaller, place) => {
          const pods = `10.244.0.0/${prefix}`;
          const inner = Math.min(prefix + smaller, 26);
          const size = 2 ** (32 - inner);
          const first = (place % 2 ** (inner - prefix)) * size;
          const cidr = `10.244.${Math.floor(first / 256)}.${first % 256}/${inner}`;
          const network = { pods, pool: { cidr, blockSize: 26 } };
          const base: Healthy = { way: 'none', network };
          const report = reportOf(full(base, cidr));
          const found = find(report, 'ipam-exhausted');
          assert.ok(found !== undefined, JSON.stringify(report));
          if (inner === prefix) {
            assert.equal(found.stack, undefined);
            assert.ok(found.mend.some(({ command }) => /calicoctl\.sh create -f -/.test(command)));
            return;
          }
          assert.equal(found.stack?.path, 'network.furtherPools');
          const furtherPools = parse(found.stack?.to ?? '') as { cidr: string }[];
          assert.ok(parseCluster(stackOf({ ...base, network: { ...network, furtherPools } })).ok);
          const [all, own, more] = [pods, cidr, furtherPools[0]?.cidr].map(range);
          assert.ok(all && own && more && contains(all, more) && !overlaps(own, more));
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** One block that takes all of the pool, and every address of it held. */
function full(base: Healthy, cidr: string): Evidence {
  const [network = ''] = cidr.split('/');
  const size = 2 ** (32 - Number(cidr.split('/')[1]));
  const held = Array.from({ length: size }, () => ({
    address: network,
    handle: 'k8s-pod-network.1',
    node: 'masternode',
  }));
  return evidenceOf({
    base,
    edits: [{ at: ['api', 'value', 'blocks'], to: [{ cidr, node: 'masternode', held, size }] }],
  });
}

describe('the doctor before it judges', () => {
  it('refuses evidence of what is no cluster, with every mistake', () => {
    const evidence = { ...healthy({ way: 'none' }), declared: { apiVersion: 'calispray/v1', name: 'x' } };
    assert.throws(
      () => reportOf(evidence),
      (error) => error instanceof UserError && error.findings.length > 1,
    );
  });

  it('needs no manifest that the stack points to: the API has what is in it', () => {
    const declared = {
      ...stackOf({ way: 'none' }),
      policies: { manifests: ['policies/*.yaml'], namespaces: ['production'] },
    };
    const evidence = { ...healthy({ way: 'none' }), declared };
    assert.deepEqual(reportOf(evidence).findings, []);
  });
});
