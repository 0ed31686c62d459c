import type { Rule } from '../subject.ts';
import { fixedFindings } from './fixed.ts';

export const blockSizeChanged: Rule = {
  code: 'block-size-changed',
  title: 'The block size of the pool stays what it was at the first run',
  class: 'refused',
  description: 'Calico refuses another size while blocks are there, and the check part of kubespray stops before it.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/tasks/check.yml:166',
  judge(subject) {
    return fixedFindings(blockSizeChanged, subject, {
      part: 'calico',
      names: ['calico_pool_blocksize', 'calico_pool_blocksize_ipv6'],

      anchor: 'change-the-pool',
    });
  },
};
