/** Commands that several troubles are mended by, in the forms that are right where kubespray built the cluster. */
import { controlPlane } from './seen.ts';
import type { Subject } from './subject.ts';
import type { Diagnosis } from './types.ts';

type Mend = Diagnosis['mend'][number];

/** The change of the stack is carried out. */
export const up: Mend = { on: 'the workstation', command: 'calispray up --stack NAME' };

/** calico-node of one node begins anew: it asks for its tunnel's address again, and Felix programs all of it again. */
export function restartCalico(subject: Subject, node: string): Mend {
  if (subject.evidence.lab)
    return { on: node, command: 'sudo systemctl restart calispray-lab-dataplane calispray-lab-bird' };
  const command = `sudo kubectl -n kube-system delete pod -l k8s-app=calico-node --field-selector spec.nodeName=${node}`;
  return { on: controlPlane(subject), command };
}

/**
 * Lets other nodes in, through whatever firewall is active there. Rules that drop are shown with their handles, for nobody but their
 * author knows what else they are for.
 * @param port number, or absent for a protocol without ports
 */
export function letIn(subject: Subject, name: string, protocol: string, port?: number): Mend[] {
  const node = subject.nodes.get(name);
  const from = subject.cluster.network.nodes;
  const active = new Set(node?.active ?? []);
  const what = port === undefined ? `-p ${protocol}` : `-p ${protocol} --dport ${port}`;
  const drops = (node?.drops ?? []).some((line) => line.includes(String(port ?? protocol)));
  const shown: Mend[] = drops ? [{ on: name, command: `sudo nft -a list ruleset | grep -n ${port ?? protocol}` }] : [];
  if (active.has('firewalld')) {
    const rich = `rule family=ipv4 source address=${from} ${port === undefined ? `protocol value=${protocol}` : `port port=${port} protocol=${protocol}`} accept`;
    return [
      ...shown,
      { on: name, command: `sudo firewall-cmd --permanent --add-rich-rule='${rich}' && sudo firewall-cmd --reload` },
    ];
  }
  if (active.has('ufw') && port !== undefined)
    return [...shown, { on: name, command: `sudo ufw allow from ${from} to any port ${port} proto ${protocol}` }];
  return [...shown, { on: name, command: `sudo iptables -I INPUT -s ${from} ${what} -j ACCEPT` }];
}
