import { differencesOf, isUpgrade } from '../../../kubespray/plan/differences.ts';
import { compareVersions } from '../release/versions.ts';
import type { Rule } from '../subject.ts';
import { against, count } from '../variables.ts';
import { guide } from './fixed.ts';

/** What another release is, and what goes with it. */
const RELEASE = /^(kubespray\.(version|source)|kubernetes\.version|calico\.version|calico\.images\..*\.tag)$/;

export const upgradeAlone: Rule = {
  code: 'upgrade-alone',
  title: 'An upgrade is all that an up does',
  class: 'refused',
  description:
    'An upgrade drains node by node. Whatever else is changed with it would be carried out half way through, on nodes of two versions, and what went wrong could be either.',
  reference: 'kubespray v2.31.0 docs/operations/upgrades.md',
  judge({ change }) {
    if (change === undefined || !isUpgrade(change)) return [];
    const { applied, desired } = change;
    const known = (['version', 'kubernetes'] as const).every(
      (key) => compareVersions(applied.release[key], desired.release[key]) !== undefined,
    );
    if (!known) return [];
    const others = [...new Set(differencesOf(change).map(({ path }) => path))].filter((path) => !RELEASE.test(path));
    if (others.length === 0) return [];
    const named = others.slice(0, 5).join(', ') + (others.length > 5 ? ` and ${others.length - 5} more` : '');
    const versions = [
      ...said('kubespray', applied.release.version, desired.release.version),
      ...said('Kubernetes', applied.release.kubernetes, desired.release.kubernetes),
    ].join(' and ');
    const message = `${versions}, and ${count(others.length, 'other field')} would change with it: ${named}`;
    const path = applied.release.version === desired.release.version ? 'kubernetes.version' : 'kubespray.version';
    const hint = `Carry out one of the two with this \`up\`, and the other with the next (${guide('upgrade')}).`;
    return [against(upgradeAlone, path, message, hint)];
  },
};

function said(what: string, before: string, after: string): string[] {
  return before === after ? [] : [`${what} ${before} becomes ${after}`];
}
