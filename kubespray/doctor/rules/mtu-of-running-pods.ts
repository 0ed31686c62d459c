import { controlPlane } from '../seen.ts';
import type { Subject } from '../subject.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, PodSeen, Trouble } from '../types.ts';
import { counted, listed, shortened } from '../words.ts';
import { pathsWith } from './paths.ts';
import { mostPodsLose, mtuOfNewPods, oddPods } from './room.ts';

export const mtuOfRunningPods: Trouble = {
  code: 'mtu-of-running-pods',
  title: 'Pods keep an MTU of former times',
  judge(subject) {
    const odd = oddPods(subject);
    // mtu-larger-than-path speaks of that.
    if (odd.length === 0 || mostPodsLose(subject)) return [];
    const larger = odd.filter(({ pod, wanted }) => pod.mtu > wanted || (pod.hostMtu ?? pod.mtu) < pod.mtu);
    const nodes = [...new Set(odd.map(({ node }) => node))];
    const wanted = [...new Set(odd.map((one) => String(one.wanted)))];
    const finding: Diagnosis = {
      code: mtuOfRunningPods.code,
      severity: larger.length > 0 ? 'failing' : 'risk',
      message: `${counted(odd.length, 'pod')} on ${listed(nodes)} ${odd.length === 1 ? 'has' : 'have'} another MTU than the ${listed(wanted)} that new ones get`,
      nodes,
      evidence: shortened(
        odd.map(
          ({ node, pod }) =>
            `${node}: ${nameOf(pod)}: MTU ${pod.mtu}${pod.hostMtu === null || pod.hostMtu === pod.mtu ? '' : `, the node’s side ${pod.hostMtu}`}`,
        ),
      ),
      why:
        larger.length > 0
          ? 'An MTU is given when a pod is made: what these send is too large for the tunnel, and is lost where “fragmentation needed” is filtered.'
          : 'An MTU is given when a pod is made: these send smaller packets than they could.',
      mend: mended(
        subject,
        odd.map(({ pod }) => pod),
      ),
      explains: explained(subject, new Set(odd.map(({ pod }) => pod.address))),
      reference: 'https://docs.tigera.io/calico/latest/networking/configuring/mtu (the change is for new pods)',
    };
    return [finding];
  },
};

function nameOf({ name, address }: PodSeen): string {
  return name === null ? `the pod at ${address}` : `pod ${name}`;
}

/** Paths that are narrow where one of these is at the end, and wide enough for a pod that is made today. */
function explained(subject: Subject, addresses: ReadonlySet<string>): string[] {
  const narrow = pathsWith(subject, 'pod', symptom.narrow).filter(({ from, fromAddress, toAddress, largest }) => {
    const node = subject.nodes.get(from);
    const mine = addresses.has(fromAddress) || addresses.has(toAddress);
    const least = Math.min(...podsAt(subject, addresses), node === undefined ? 0 : mtuOfNewPods(subject, from, node));
    return mine && (largest ?? 0) >= least;
  });
  return [...new Set(narrow.map(symptom.narrow))];
}

function podsAt({ nodes }: Subject, addresses: ReadonlySet<string>): number[] {
  return [...nodes.values()].flatMap(({ pods }) =>
    pods.filter(({ address }) => addresses.has(address)).map(({ mtu }) => mtu),
  );
}

function mended(subject: Subject, pods: readonly PodSeen[]): Diagnosis['mend'] {
  const on = controlPlane(subject);
  const named = pods.flatMap(({ name }) => (name === null ? [] : [name.split('/') as [string, string]]));
  if (named.length === 0)
    return [
      {
        on,
        command: `sudo kubectl get pods -A -o wide | grep -wF ${pods
          .slice(0, 5)
          .map(({ address }) => `-e ${address}`)
          .join(' ')}`,
      },
    ];
  return named.slice(0, 5).map(([namespace, name]) => ({
    on,
    command: `sudo kubectl -n ${namespace} delete pod ${name} # its controller makes it anew`,
  }));
}
