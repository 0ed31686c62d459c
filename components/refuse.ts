import { type Finding, UserError } from '../cluster/finding.ts';

/** Under plain `pulumi up` there may be no pack: then what kubespray would refuse stops here. `calispray` always brings the pack. */
export function refuseWithoutPack(findings: readonly Finding[] | (() => readonly Finding[])): void {
  if (process.env.CALISPRAY_PACK === '1') return;
  const refused = (typeof findings === 'function' ? findings() : findings).filter(
    (finding) => finding.class === 'refused',
  );
  if (refused.length > 0) throw new UserError(refused);
}
