import type { Rule } from '../subject.ts';
import { against, isTemplate } from '../variables.ts';

/** As kubespray has it. Each piece between dots is read once: no name makes this slow. */
const PIECE = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

export const hostName: Rule = {
  code: 'host-name',
  title: 'Hosts are named in lower case, as Kubernetes names its nodes',
  class: 'refused',
  description: 'Letters a to z, digits, hyphens and dots, the first and the last no hyphen or dot.',
  reference: 'kubespray v2.31.0 roles/kubernetes/preinstall/tasks/0040-verify-settings.yml:78',
  judge(subject) {
    return subject.hosts.flatMap(({ name }) => {
      if (isTemplate(name) || name.split('.').every((piece) => PIECE.test(piece))) return [];
      const hint = 'Use lower case letters, digits, inner hyphens and dots: node-1.';
      return [against(hostName, `nodes.${name}`, `${name === '' ? 'nothing' : name} is no name of a node`, hint)];
    });
  },
};
