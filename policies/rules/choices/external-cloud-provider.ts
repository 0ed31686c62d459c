import type { Rule } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';

const PROVIDERS: readonly unknown[] = ['hcloud', 'huaweicloud', 'oci', 'openstack', 'vsphere', 'manual'];

export const externalCloudProvider: Rule = {
  code: 'external-cloud-provider',
  title: 'An external cloud provider is one that kubespray installs',
  class: 'refused',
  description:
    'With cloud_provider external, kubespray stops at an external_cloud_provider that it does not know, or none at all.',
  reference: 'kubespray v2.31.0 roles/validate_inventory/tasks/main.yml:87',
  judge(subject) {
    const said = subject.variables.external_cloud_provider;
    const provider = said === undefined ? '' : valueIn(subject, 'external_cloud_provider');
    if (valueIn(subject, 'cloud_provider') !== 'external' || provider === undefined) return [];
    if (PROVIDERS.includes(provider)) return [];
    const path = pathOf(subject, 'external_cloud_provider');
    const message =
      provider === '' ? 'no external_cloud_provider is named' : `external_cloud_provider is ${show(provider)}`;
    return [against(externalCloudProvider, path, message, `Write one of ${PROVIDERS.join(', ')}.`)];
  },
};
