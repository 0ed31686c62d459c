/** One measurement in a process of its own, so that its CPU and memory are nobody else's: `reach-world.ts pairs|matrix FILE`, JSON out. */
import { documentsIn } from '../cli/reach/documents.ts';
import { differences, matrixOf, type Resource, resourcesIn, World } from '../reachability/index.ts';
import { allPairs, podsIn } from '../tests/support/all-pairs.ts';

const [what, file = ''] = process.argv.slice(2);
const question = { proto: 'tcp', port: 80, srcPort: 40000 };
const resources = documentsIn(file).flatMap((document) => resourcesIn(document) ?? []);
const world = new World(resources);
const pods = podsIn(resources);
const measured = what === 'pairs' ? allPairs(world, pods) : { ...matrix(), ...queries(), ...change() };
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const cpu = (userCPUTime + systemCPUTime) / 1e6;
process.stdout.write(JSON.stringify({ ...measured, pods: pods.length, cpu, megabytes: maxRSS / 1024 }));

function matrix() {
  const start = performance.now();
  const classes = matrixOf(world, question)?.classes.length;
  return { matrixSeconds: (performance.now() - start) / 1000, classes };
}

/** Milliseconds of a query: the slowest of the first thousand, and of another thousand the middle one and the one that ten are slower than. */
function queries() {
  const fresh = new World(resources);
  const thousand = (steps: readonly number[]) =>
    Array.from({ length: 1000 }, (_, i) => {
      const [src = '', dst = ''] = steps.map((step, at) => pods[(i * step + at) % pods.length]);
      const start = performance.now();
      fresh.ask({ ...question, src, dst });
      return performance.now() - start;
    }).sort((a, b) => a - b);
  const first = thousand([7919, 104_729]);
  const later = thousand([7927, 104_723]);
  return { queryFirst: first[999], queryMedian: later[500], queryP99: later[989] };
}

/**
 * One policy changed, both worlds being read already, the new one never asked: gone, come, or with another rule, of ten policies each.
 * The middle one counts, and the slowest is told.
 */
function change() {
  const policies = resources.flatMap(({ kind }, i) => (kind === 'NetworkPolicy' ? [i] : []));
  const seconds: number[] = [];
  let changed = 0;
  for (let i = 0; i < 10; i++) {
    const at = policies[Math.floor((i * policies.length) / 10)] as number;
    const gone = resources.filter((_: Resource, k) => k !== at);
    const opened = resources.map((one, k) => (k === at ? withRule(one) : one));
    for (const [before, after] of [
      [world, new World(gone)],
      [new World(gone), world],
      [world, new World(opened)],
    ] as const) {
      const start = performance.now();
      const found = differences(before, after, [question]) ?? [];
      seconds.push((performance.now() - start) / 1000);
      changed += found.reduce((sum, { count }) => sum + count, 0);
    }
  }
  seconds.sort((a, b) => a - b);
  return { diffSeconds: seconds[seconds.length >> 1], diffSlowest: seconds.at(-1), changed };
}

/** The same policy with a further rule, which lets a part of the pods in. */
function withRule(policy: Resource): Resource {
  const spec = policy.spec as { ingress?: readonly object[] };
  const rule = { from: [{ namespaceSelector: {}, podSelector: { matchLabels: { tier: 'web' } } }] };
  return { ...policy, spec: { ...spec, ingress: [...(spec.ingress ?? []), rule] } };
}
