import { join } from 'node:path';
import { stringify } from 'yaml';
import { metricsObjects, policyObjects } from '../../cluster/index.ts';
import { assertGolden } from '../support/golden.ts';
import { clusterOf, edited, stackCluster, stacks } from '../support/stacks.ts';

const dev = stackCluster('dev');
const scraping = (namespace: string, port: number) => ({
  namespace,
  pods: { app: namespace, tier: 'web' },
  from: { namespace: 'monitoring', pods: { app: 'prometheus' } },
  port,
});

/** Beside the stacks: what none of them asks for. */
const further: Record<string, Record<string, unknown>> = {
  'scraping of several': {
    ...dev,
    policies: {
      namespaces: ['a', 'b', 'monitoring'],
      allowPrometheusScraping: [scraping('a', 80), scraping('a', 81), scraping('b', 82)],
    },
  },
  'a cluster-internal policy that leaves nothing out': {
    ...dev,
    policies: { allowClusterInternal: { order: 7.5, nets: ['10.0.0.0/8'] } },
  },
  'a cluster-internal policy that leaves several out': {
    ...dev,
    policies: { namespaces: ['a', 'b'], allowClusterInternal: { except: ['a', 'b'] } },
  },
  'names without a cache on the node': edited(dev, { network: { dns: { nodeLocalCache: false } } }),
  'metrics on another port': edited(dev, { felix: { metrics: { enabled: true, port: 9999 } } }),
};

describe('the objects of policies and metrics', () => {
  const written = [...stacks.map((stack) => [stack, stackCluster(stack)] as const), ...Object.entries(further)];
  for (const [what, value] of written) {
    it(`of ${what} are those that were read and found right`, () => {
      const cluster = clusterOf(value);
      const objects = [...policyObjects(cluster), ...metricsObjects(cluster)];
      const name = what.replaceAll(/[^a-z]+/g, '-');
      const text = objects.map((object) => stringify(object, { aliasDuplicateObjects: false })).join('---\n');
      assertGolden(join(import.meta.dirname, `golden/policies/${name}.yaml`), text);
    });
  }
});
