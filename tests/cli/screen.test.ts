import assert from 'node:assert/strict';
import { clusterOf, findProject, readStack } from '../../cli/project.ts';
import { screen } from '../../cli/screen.ts';

describe('the closing screen', () => {
  it('shows nodes, network, who reached whom, policies, monitoring and what to try next', async () => {
    const project = findProject();
    const cluster = await clusterOf(project, readStack(project, 'lab'));
    assert.ok(cluster !== undefined);
    const pods = ['default/a', 'default/b'];
    const reached = pods.flatMap((from) =>
      pods.filter((to) => to !== from).map((to) => ({ from, to, ok: from === 'default/a' })),
    );
    const text = screen(cluster, reached, 'no change, 34 unchanged', '25 checks passed').join('\n');
    for (const part of [
      /masternode +192\.168\.4\.63 +control-plane, etcd, worker/,
      /no encapsulation, MTU 1500 .* BGP AS 64512/,
      /default\/a +- +reached/,
      /default\/b +NO +-/,
      /default-deny-ingress +NetworkPolicy +production/,
      /allow-cluster-internal +GlobalNetworkPolicy/,
      /Felix metrics on port 9091/,
      /ServiceMonitor kube-system\/calico-node/,
      /Verified +25 checks passed/,
      /npm run down/,
      /no change, 34 unchanged/,
    ]) {
      assert.match(text, part);
    }
  });
});
