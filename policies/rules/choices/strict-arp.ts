import type { Finding } from '../../../cluster/finding.ts';
import type { Rule, Subject } from '../subject.ts';
import { against, isTemplate, isTruthy, pathOf, saidIn, sentence, toSet, valueIn } from '../variables.ts';

/** Whether ipvs answers ARP for service addresses, so that whoever announces them by ARP is not alone. */
export function arpIsShared(subject: Subject): boolean {
  const strict = saidIn(subject, 'kube_proxy_strict_arp');
  return valueIn(subject, 'kube_proxy_mode') === 'ipvs' && !isTemplate(strict) && !strict;
}

/** The same finding, whichever asks for it. */
export function strictArp(rule: Rule, subject: Subject, name: string, what: string): Finding[] {
  if (!isTruthy(valueIn(subject, name)) || !arpIsShared(subject)) return [];
  const message = `${what} needs kube_proxy_strict_arp, since kube_proxy_mode is ipvs`;
  const hint = sentence(toSet(subject, 'kube_proxy_strict_arp', true));
  return [against(rule, pathOf(subject, name), message, hint)];
}
