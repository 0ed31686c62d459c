import { apiNode, apiOf, controlPlane } from '../seen.ts';
import type { Subject } from '../subject.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { listed, shortened } from '../words.ts';
import { type Failed, failedSessions, lostWith, sessionLine } from './sessions.ts';

export const bgpWrongAs: Trouble = {
  code: 'bgp-wrong-as',
  title: 'A BGP neighbour has another AS number than the other end believes',
  judge(subject) {
    const refused = failedSessions(subject).filter(
      ({ state, node, other }) => /bad peer as/i.test(state) || odd(subject, node, other?.name),
    );
    if (refused.length === 0) return [];
    const nodes = guilty(subject, refused);
    const [first] = nodes;
    const said = refused.flatMap(({ state }) => /bad peer as:? *(\d+)/i.exec(state)?.[1] ?? [])[0];
    const wanted = asOf(subject, first ?? '');
    const lost = refused.flatMap(({ node, other }) => lostWith(subject, node, other?.name ?? ''));
    const outside = refused.filter(({ other }) => other === undefined);
    const finding: Diagnosis = {
      code: bgpWrongAs.code,
      severity: 'broken',
      message:
        outside.length === refused.length
          ? `the peer ${listed(outside.map(({ peer }) => peer))} has another AS number than the stack says`
          : `${listed(nodes)} ${nodes.length === 1 ? 'speaks' : 'speak'} BGP with another AS number than ${wanted}, which the others expect${said === undefined ? '' : `: ${said}`}`,
      nodes,
      evidence: shortened([
        ...refused.map(sessionLine),
        ...nodes.flatMap((name) => asLines(subject, name)),
        ...globalLine(subject),
      ]),
      why: 'BGP refuses a neighbour whose number is not the expected one, and its routes with it.',
      mend: [
        {
          on: controlPlane(subject),
          command: 'sudo calicoctl.sh get bgpconfig default -o yaml; sudo calicoctl.sh get nodes -o wide',
        },
        ...nodes.slice(0, 3).map((name) => ({ on: controlPlane(subject), command: settingAs(subject, name) })),
      ],
      ...(outside.length === refused.length && said !== undefined
        ? { stack: { path: 'network.bgp.peers[].as', to: said } }
        : {}),
      explains: [...new Set([...refused.map((one) => one.symptom), ...lost])],
      reference:
        'https://docs.tigera.io/calico/latest/networking/configuring/bgp#change-the-default-global-as-number; RFC 4271 section 6.2',
    };
    return [finding];
  },
};

/** As the stack has it. */
function asOf({ cluster }: Subject, name: string): number {
  return cluster.nodes.find((node) => node.name === name)?.bgp.as ?? cluster.network.bgp.as;
}

/** With the API as its datastore Calico keeps the number in an annotation; the cluster's own needs none. */
function settingAs(subject: Subject, name: string): string {
  const own = subject.cluster.nodes.find((node) => node.name === name)?.bgp.as;
  if (subject.cluster.calico.datastore === 'etcd')
    return `sudo calicoctl.sh patch node ${name} -p '{"spec":{"bgp":{"asNumber":${asOf(subject, name)}}}}'`;
  return `sudo kubectl annotate node ${name} --overwrite projectcalico.org/ASNumber${own === undefined ? '-' : `=${own}`}`;
}

/** The number that the node speaks with: as its BIRD has it, else as the API has it for this node alone. */
function liveAs(subject: Subject, name: string): { as: number; line: string } | undefined {
  const lines = subject.nodes.get(name)?.bird.flatMap((bird) => bird.lines) ?? [];
  const local = lines.map((line) => /^\s+Local AS:\s+(\d+)/.exec(line)?.[1]).find((as) => as !== undefined);
  if (local !== undefined && Number(local) !== asOf(subject, name))
    return { as: Number(local), line: `${name}: Local AS: ${local} (BIRD)` };
  const text = apiNode(subject, name)?.annotations['projectcalico.org/ASNumber'] ?? '';
  return text === ''
    ? undefined
    : { as: Number(text), line: `API: node ${name}: projectcalico.org/ASNumber = ${text}` };
}

function odd(subject: Subject, ...names: (string | undefined)[]): boolean {
  return names.some((name) => {
    const live = name === undefined ? undefined : liveAs(subject, name);
    return live !== undefined && live.as !== asOf(subject, name ?? '');
  });
}

/** Those with a number of their own; else the one that all refused sessions have in common. */
function guilty(subject: Subject, all: readonly Failed[]): string[] {
  const names = [...new Set(all.flatMap(({ node, other }) => [node, ...(other === undefined ? [] : [other.name])]))];
  const live = names.filter((name) => odd(subject, name));
  if (live.length > 0) return live;
  const common = names.filter((name) => all.every(({ node, other }) => node === name || other?.name === name));
  if (common.length === 1) return common;
  // Of two nodes it is the one that the other complains of.
  const complained = [
    ...new Set(
      all.flatMap(({ other, state }) => (other !== undefined && /bad peer as:? *\d/i.test(state) ? [other.name] : [])),
    ),
  ];
  return complained.length === 1 ? complained : names;
}

function asLines(subject: Subject, name: string): string[] {
  const live = liveAs(subject, name);
  return live === undefined ? [] : [`${live.line}, the stack says ${asOf(subject, name)}`];
}

function globalLine(subject: Subject): string[] {
  const live = apiOf(subject)?.bgp.find(({ name }) => name === 'default')?.spec.asNumber;
  const { as } = subject.cluster.network.bgp;
  return live === undefined || Number(live) === as
    ? []
    : [`API: BGPConfiguration default: asNumber = ${live}, the stack says ${as}`];
}
