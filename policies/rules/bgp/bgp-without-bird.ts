import type { Rule, Subject } from '../subject.ts';
import { against, hasReflectors, isTruthy, pathOf, sentence, show, toSet, valueIn } from '../variables.ts';

export const bgpWithoutBird: Rule = {
  code: 'bgp-without-bird',
  title: 'What is said over BGP has BIRD to say it',
  class: 'harmful',
  description:
    'Peers, route reflectors and advertised service ranges are written to Calico with any backend, but only BIRD speaks BGP: with another one they do nothing, and nothing says so. VXLAN runs on bird as well.',
  reference: 'kubespray v2.31.0 roles/network_plugin/calico/templates/calico-config.yml.j2:18',
  judge(subject) {
    const backend = valueIn(subject, 'calico_network_backend');
    // Any other word is judged by network-backend.
    if (backend !== 'vxlan' && backend !== 'none') return [];
    const said = `calico_network_backend is ${show(backend)}`;
    const hint = (what: string) =>
      sentence(`${toSet(subject, 'calico_network_backend', 'bird')}, or leave ${what} out`);
    return [
      ...overBgp(subject).map((name) =>
        against(bgpWithoutBird, pathOf(subject, name), `${name} needs BGP, and ${said}`, hint(pathOf(subject, name))),
      ),
      ...(hasReflectors(subject)
        ? [against(bgpWithoutBird, 'nodes', `the hosts of calico_rr need BGP, and ${said}`, hint('the group'))]
        : []),
    ];
  },
};

/** The variables that ask for BGP. */
function overBgp(subject: Subject): string[] {
  const isOn = (name: string) => isTruthy(valueIn(subject, name));
  const isFilled = (name: string) => {
    const value = valueIn(subject, name);
    return Array.isArray(value) && value.length > 0;
  };
  return [
    ...(isFilled('peers') ? ['peers'] : ['peer_with_router'].filter(isOn)),
    ...['calico_advertise_cluster_ips'].filter(isOn),
    ...['calico_advertise_service_external_ips', 'calico_advertise_service_loadbalancer_ips'].filter(isFilled),
  ];
}
