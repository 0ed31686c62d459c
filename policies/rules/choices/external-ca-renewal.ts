import type { Rule } from '../subject.ts';
import { against, isTruthy, pathOf, valueIn } from '../variables.ts';

export const externalCaRenewal: Rule = {
  code: 'external-ca-renewal',
  title: 'Certificates of an external CA are not renewed by the cluster',
  class: 'refused',
  description:
    'With kube_external_ca_mode the nodes have no key to renew certificates with: kubespray stops at auto_renew_certificates.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:209',
  judge(subject) {
    const isOn = (name: string) => isTruthy(valueIn(subject, name));
    if (!isOn('kube_external_ca_mode') || !isOn('auto_renew_certificates')) return [];
    const path = pathOf(subject, 'auto_renew_certificates');
    const message = 'auto_renew_certificates is on beside kube_external_ca_mode';
    return [against(externalCaRenewal, path, message, 'Leave one of the two out.')];
  },
};
