import { apiNode, members, nodeAt, sessionsAt, silentNodes } from '../seen.ts';
import type { Subject } from '../subject.ts';
import { aboutNode, symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { heardBy } from './paths.ts';

export const nodeDown: Trouble = {
  code: 'node-down',
  title: 'A node is down',
  judge(subject) {
    return silentNodes(subject).flatMap(({ name, why }): Diagnosis[] => {
      if (heardBy(subject, name).length > 0) return [];
      const seen = seenByOthers(subject, name);
      // Silent to the workstation alone: that may be its SSH, or the way there.
      if (seen.length === 0 && !isGone(subject, name, why)) return [];
      const [first] = members(subject).filter((node) => node.roles.includes('control-plane') && node.name !== name);
      return [
        {
          code: nodeDown.code,
          severity: 'broken',
          message: `${name} does not answer${seen.length === 0 ? ', and others of its network do' : ' over SSH, and others do not hear from it either'}`,
          nodes: [name],
          evidence: [`${name}: SSH: ${why}`, ...seen],
          why: 'Its pods are gone with it, and what is replicated elsewhere has a copy less.',
          mend: [
            { on: `the console of ${name}`, command: 'start it, or see what keeps it: power, disk, cable' },
            ...(first === undefined ? [] : [{ on: first.name, command: `sudo kubectl describe node ${name}` }]),
          ],
          explains: aboutNode(subject, name),
          reference: 'kubespray v2.31.0 docs/operations/nodes.md',
        },
      ];
    });
  },
};

/**
 * Nothing at all comes back from its address, as from no machine there is, while others answer; and nobody has it ready.
 * In the lab nobody sees to that: its nodes are ready for good.
 */
function isGone(subject: Subject, name: string, why: string): boolean {
  const ready = apiNode(subject, name)?.ready === true && !subject.evidence.lab;
  return !ready && subject.nodes.size > 0 && /no route to it|no answer at all|EHOSTUNREACH|ETIMEDOUT/.test(why);
}

/** What speaks for its being down, apart from SSH. */
function seenByOthers(subject: Subject, name: string): string[] {
  const address = subject.cluster.nodes.find((node) => node.name === name)?.address;
  const ofApi = apiNode(subject, name)?.ready === false ? [`API: node ${name}: Ready is not True`] : [];
  const ofPaths = subject.evidence.paths
    .filter((path) => path.to === name && subject.symptoms.includes(symptom.silent(path)))
    .map((path) => `${path.from}: ${path.toAddress} is silent${path.small === 'silent' ? '' : `: ${path.small}`}`);
  const ofBgp = [...subject.nodes].flatMap(([other, node]) =>
    sessionsAt(node)
      .filter(({ peer, established }) => !established && peer === address && nodeAt(subject, peer) !== undefined)
      .map(({ peer, state }) => `${other}: BGP session to ${peer}: ${state} (BIRD)`),
  );
  return [...ofApi, ...ofPaths, ...ofBgp];
}
