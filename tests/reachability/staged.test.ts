import assert from 'node:assert/strict';
import { type Resource, stagedIn, World, withStagedEnforced } from '../../reachability/index.ts';
import { kubernetes, pod, resource } from './worlds.ts';

const staged = (kind: string, spec: object): Resource => resource(kind, 'deny', spec, { namespace: 'n' });
const nobody = { selector: 'all()', types: ['Ingress'] };

describe('staged policies', () => {
  const pods = [pod('n/a'), pod('n/b')];
  const verdict = (resources: readonly Resource[]) => {
    const answer = new World(resources).ask({ src: 'n/a', dst: 'n/b', port: 80 });
    return answer.ok && answer.verdict.verdict;
  };

  for (const [kind, spec] of [
    ['StagedNetworkPolicy', nobody],
    ['StagedGlobalNetworkPolicy', nobody],
    ['StagedKubernetesNetworkPolicy', { podSelector: {}, policyTypes: ['Ingress'] }],
  ] as const) {
    it(`of kind ${kind} decide nothing until they are enforced`, () => {
      const world = [...pods, staged(kind, spec)];
      assert.equal(stagedIn(world).length, 1);
      assert.equal(verdict(world), 'allow');
      assert.equal(verdict(withStagedEnforced(world)), 'deny');
      assert.equal(stagedIn(withStagedEnforced(world)).length, 0);
    });
  }

  const open = kubernetes('n/deny', { podSelector: {}, ingress: [{}] });
  for (const [stagedAction, expected] of [
    ['Set', 'deny'],
    [undefined, 'deny'],
    ['Delete', 'allow'],
    ['Ignore', 'allow'],
    ['Learn', 'allow'],
  ] as const) {
    it(`with the action ${stagedAction} take the place of the policy of their name, or not`, () => {
      const action = stagedAction === undefined ? {} : { stagedAction };
      const one = staged('StagedKubernetesNetworkPolicy', { ...action, podSelector: {}, policyTypes: ['Ingress'] });
      const after = withStagedEnforced([...pods, open, one]);
      assert.equal(verdict(after), expected);
      assert.equal(after.includes(open), stagedAction === 'Ignore' || stagedAction === 'Learn');
    });
  }
});
