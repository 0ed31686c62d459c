/** Random expectations of the worlds of any-world.ts. */
import fc from 'fast-check';
import type { Expectation, ExpectedEnd, ExpectedPods, ExpectedPorts } from '../../cluster/types.ts';

const namespace = fc.constantFrom('n', 'm');
const labels = fc.constantFrom({ app: 'a' }, { app: 'b' });
const pods: fc.Arbitrary<ExpectedPods> = fc
  .oneof(
    { weight: 2, arbitrary: fc.record({ namespace }) },
    { weight: 3, arbitrary: fc.record({ namespace, pods: labels }) },
    { weight: 1, arbitrary: fc.record({ pods: labels }) },
    { weight: 1, arbitrary: fc.record({ namespaces: fc.constantFrom({ team: 'red' }, { team: 'blue' }) }) },
    { weight: 1, arbitrary: fc.record({ namespace, serviceAccount: fc.constant('web') }) },
  )
  .map((one): ExpectedPods => ({ kind: 'pods', ...one }));

const anywhere = fc.constantFrom<ExpectedEnd>(
  { kind: 'anyone' },
  { kind: 'internet' },
  { kind: 'other-nodes' },
  { kind: 'own-node' },
  { kind: 'addresses', net: '8.8.8.0/25' },
);

const ports = fc.array(
  fc.constantFrom<ExpectedPorts>(
    { proto: 'tcp', first: 80, last: 80 },
    { proto: 'tcp', first: 50, last: 9000 },
    { proto: 'udp', first: 53, last: 54 },
    { proto: 'icmp' },
  ),
  { maxLength: 2 },
);

const one = fc.record({
  verdict: fc.constantFrom('allow' as const, 'deny' as const),
  from: fc.oneof({ weight: 3, arbitrary: pods }, { weight: 2, arbitrary: anywhere }),
  to: fc.oneof({ weight: 4, arbitrary: pods }, { weight: 1, arbitrary: anywhere }),
  ports,
  others: fc.boolean(),
});

/** Of those that deny to anybody else some, with what the others of the list allow. */
export const anyExpectations: fc.Arbitrary<Expectation[]> = fc.array(one, { minLength: 1, maxLength: 4 }).map((all) =>
  all.map(
    ({ others, ...expectation }, i): Expectation => ({
      ...expectation,
      ...(others && expectation.verdict === 'deny' && { from: { kind: 'others' } }),
      path: `expect[${i}]`,
    }),
  ),
);
