import type { Finding } from '../../../cluster/finding.ts';
import type { Change, HostFact } from '../../../kubespray/plan/types.ts';

/** What there is to say of each host that has joined and stays. */
export function ofMembers(
  change: Change | undefined,
  judge: (name: string, before: HostFact, after: HostFact) => Finding[],
): Finding[] {
  return Object.entries(change?.applied.hosts ?? {}).flatMap(([name, before]) => {
    const after = change?.desired.hosts[name];
    return after === undefined ? [] : judge(name, before, after);
  });
}
