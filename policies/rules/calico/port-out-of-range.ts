import type { Rule } from '../subject.ts';
import { against, numberIn, pathOf, show, valueIn } from '../variables.ts';

/** Port → the least it may be: 0 is the kernel’s own for VXLAN. */
const PORTS: Readonly<Record<string, number>> = {
  calico_bgp_listen_port: 1,
  calico_vxlan_port: 0,
  calico_felix_prometheusmetricsport: 1,
  typha_prometheusmetricsport: 1,
};

export const portOutOfRange: Rule = {
  code: 'port-out-of-range',
  title: 'A port is a number from 1 to 65535',
  class: 'harmful',
  description:
    'kubespray hands ports on unread: calicoctl or the Kubernetes API refuses them at the end of the installation, or calico-node does not start.',
  reference:
    'kubespray v2.31.0 roles/network_plugin/calico/tasks/install.yml:335, templates/calico-node.yml.j2:221, :298',
  judge(subject) {
    return Object.entries(PORTS).flatMap(([name, least]) => {
      const port = valueIn(subject, name);
      const number = numberIn(subject, name);
      if (port === undefined || (Number.isInteger(number) && number >= least && number <= 65535)) return [];
      return [against(portOutOfRange, pathOf(subject, name), `${name} is ${show(port)}`, 'Write one from 1 to 65535.')];
    });
  },
};
