import type { Rule } from '../subject.ts';
import { against, pathOf, show, valueIn } from '../variables.ts';
import { ipv4, ipv6, rangeIn } from './family.ts';

/** Bits of an address that Services may fill, and those that ten addresses take. */
const MOST_BITS = 20;
const LEAST_BITS = 4;

export const serviceRangeSize: Rule = {
  code: 'service-range-size',
  title: 'The service range is one that kubeadm takes',
  class: 'refused',
  description:
    'kubeadm stops at a service range of more than 20 bits, of either stack, and at one of fewer than 10 addresses: /12 to /28 for IPv4, /108 to /124 for IPv6. kubespray does not look.',
  reference:
    'https://github.com/kubernetes/kubernetes/blob/v1.35.4/cmd/kubeadm/app/apis/kubeadm/validation/validation.go',
  judge: (subject) =>
    [ipv4, ipv6].flatMap((family) => {
      const services = valueIn(subject, family.services);
      const range = rangeIn(family, services);
      if (!family.isOn(subject) || range === undefined) return [];
      const [least, most] = [family.bits - MOST_BITS, family.bits - LEAST_BITS];
      if (range.prefix >= least && range.prefix <= most) return [];
      const size = range.prefix < least ? 'large' : 'small';
      const message = `the ${family.name} service range ${show(services)} is too ${size} for kubeadm`;
      return [
        against(serviceRangeSize, pathOf(subject, family.services), message, `Write one from /${least} to /${most}.`),
      ];
    }),
};
