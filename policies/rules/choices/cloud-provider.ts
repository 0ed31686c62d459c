import type { Rule } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';

export const cloudProvider: Rule = {
  code: 'cloud-provider',
  title: 'A cloud provider is external',
  class: 'refused',
  description: 'Kubernetes has no cloud providers inside any more, and kubespray stops at any other cloud_provider.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:80',
  judge(subject) {
    const provider = valueIn(subject, 'cloud_provider');
    if (!provider || provider === 'external') return [];
    const path = pathOf(subject, 'cloud_provider');
    const hint = 'Write external and name the provider in external_cloud_provider, or leave it out.';
    return [against(cloudProvider, path, `cloud_provider is ${show(provider)}`, hint)];
  },
};
