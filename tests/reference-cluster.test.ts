import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { declaredObjects } from '../cluster/declared.ts';
import { dashboardRows } from '../cluster/monitoring/dashboard/index.ts';
import { verifyPlan } from '../kubespray/verify/index.ts';
import { judgeExpectations, resourcesIn } from '../reachability/index.ts';
import { clusters } from './monitoring/clusters.ts';
import { clusterOf, edited, stackCluster } from './support/stacks.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const page = read('docs/reference-cluster.md');

/** From a heading of the second order to the next. */
function section(title: string): string {
  const [, text] = page.split(`\n## ${title}\n`);
  assert.ok(text !== undefined, title);
  return text.split('\n## ')[0] ?? '';
}

/** As GitHub makes it of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

describe('docs/reference-cluster.md', () => {
  for (const path of ['docs/reference-cluster.md', 'docs/quick-reference.md', 'docs/monitoring.md', 'docs/runbooks.md'])
    it(`and ${path} lead to what is there`, () => {
      const text = read(path);
      for (const [, file = '', part] of text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
        const target = file === '' ? path : join(dirname(path), file);
        assert.ok(existsSync(join(root, target)), `${path}: ${target}`);
        if (part === undefined) continue;
        const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchor(heading));
        assert.ok(headings.includes(part), `${path}: ${target}#${part}`);
      }
    });

  it('goes through the sections about monitoring, validation, troubleshooting and quick reference', () => {
    for (const title of ['Monitoring', 'Validation', 'Troubleshooting', 'Quick reference']) {
      const rows = section(title)
        .split('\n')
        .filter((line) => line.startsWith('| '));
      assert.ok(rows.length > 6, title);
      const widths = new Set(rows.map((row) => row.replaceAll('\\|', '').split('|').length));
      assert.equal(widths.size, 1, `${title}: each row has every column`);
    }
  });

  it('names checks that a verification of that cluster has', () => {
    const groups = new Set(verifyPlan(clusterOf(stackCluster('dev'))).checks.map(({ id }) => id.split('/')[0]));
    const cells = section('Validation').matchAll(/`verify`: ([^|]*) \|$/gm);
    const named = [...cells].flatMap(([, cell = '']) => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, id = '']) => id));
    assert.ok(named.length > 8);
    assert.deepEqual(
      named.filter((id) => !groups.has(id)),
      [],
    );
  });

  it('is right that the document’s policy has no effect beside its own global one, and has where that leaves the namespace out', () => {
    const denied = (except: string[]) => {
      const dev = edited(stackCluster('dev'), {
        policies: {
          namespaces: ['production', 'monitoring', 'netpol-test'],
          allowClusterInternal: { order: 100, except: ['production', ...except] },
          extra: [
            {
              apiVersion: 'networking.k8s.io/v1',
              kind: 'NetworkPolicy',
              metadata: { name: 'deny-all', namespace: 'netpol-test' },
              spec: { podSelector: {}, policyTypes: ['Ingress'] },
            },
          ],
        },
        workloads: ['web', 'client'].map((name) => ({
          namespace: 'netpol-test',
          name,
          labels: { run: name },
          ports: [80],
        })),
        expect: [
          {
            deny: {
              from: { namespace: 'netpol-test', pods: { run: 'client' } },
              to: { namespace: 'netpol-test', pods: { run: 'web' } },
            },
          },
        ],
      });
      const cluster = clusterOf(dev);
      return judgeExpectations(resourcesIn(declaredObjects(cluster)) ?? [], cluster.expect, { mend: false });
    };
    const [failure, ...more] = denied([]);
    assert.deepEqual(more, []);
    assert.match(failure?.decidedBy ?? '', /GlobalNetworkPolicy allow-cluster-internal/);
    assert.deepEqual(denied(['netpol-test']), []);
  });

  it('names panels that the dashboard has', () => {
    const titles = new Set(
      Object.values(clusters).flatMap((cluster) =>
        dashboardRows(cluster).flatMap(({ panels }) => panels.map(({ title }) => title)),
      ),
    );
    const rows = section('Monitoring')
      .split('\n')
      .filter((row) => /^\| `felix_/.test(row));
    const named = rows.flatMap((row) =>
      [...(row.split('|')[4] ?? '').matchAll(/“([^”]+)”/g)].map(([, title = '']) => title),
    );
    assert.equal(named.length, 6);
    assert.deepEqual(
      named.filter((title) => !titles.has(title)),
      [],
    );
  });

  it('names commands of calispray that there are', () => {
    const named = [...page.matchAll(/`(?:npx )?calispray ([a-z]+)/g)].map(([, command = '']) => command);
    assert.ok(named.length > 4);
    for (const command of named) assert.ok(existsSync(join(root, `cli/commands/${command}.ts`)), command);
  });
});
