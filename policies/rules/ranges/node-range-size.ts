import type { Rule } from '../subject.ts';
import { against, isOn, numberIn, pathOf, show, valueIn } from '../variables.ts';
import { ipv4, ipv6, rangeIn } from './family.ts';

/** Bits that number the ranges of nodes, at the most. */
const MOST_BITS = 16;

export const nodeRangeSize: Rule = {
  code: 'node-range-size',
  title: 'With host-local IPAM, kubeadm can cut the pod range into those of nodes',
  class: 'refused',
  description:
    'kubeadm stops where a node’s range is larger than the pod range, or its prefix more than 16 bits longer. Without host-local kubespray has it cut nothing.',
  reference:
    'https://github.com/kubernetes/kubernetes/blob/v1.35.4/cmd/kubeadm/app/apis/kubeadm/validation/validation.go',
  judge: (subject) =>
    [ipv4, ipv6].flatMap((family) => {
      const pods = valueIn(subject, family.pods);
      const range = rangeIn(family, pods);
      const prefix = numberIn(subject, family.nodePrefix);
      if (!family.isOn(subject) || !isOn(subject, 'calico_ipam_host_local') || range === undefined) return [];
      const most = Math.min(range.prefix + MOST_BITS, family.bits);
      if (Number.isNaN(prefix) || (prefix >= range.prefix && prefix <= most)) return [];
      const message = `kubeadm cuts no ranges of /${prefix} out of ${show(pods)}`;
      const hint = `Write a prefix length from ${range.prefix} to ${most}, or another pod range.`;
      return [against(nodeRangeSize, pathOf(subject, family.nodePrefix), message, hint)];
    }),
};
