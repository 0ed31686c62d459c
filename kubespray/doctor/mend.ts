/** Commands that several troubles are mended by, in the forms that are right where kubespray built the cluster. */
import { controlPlane, linkWith } from './seen.ts';
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

/** What lets other nodes in. */
interface Wanted {
  /** As tcpdump and iptables name it: `udp`, `4`. */
  readonly protocol: string;
  /** Absent for a protocol without ports. */
  readonly port?: number;
  /** Rules of a firewall that speak of it. */
  readonly named: RegExp;
}

/**
 * Where rules of the node drop it, those are to go: an accept elsewhere does not cancel a drop. Else through whatever firewall is active
 * there; and where none is, what shows whether the packets arrive.
 */
export function letIn(subject: Subject, on: string, wanted: Wanted): Mend[] {
  const node = subject.nodes.get(on);
  const { protocol, port, named } = wanted;
  const from = subject.cluster.network.nodes;
  const drops = (node?.drops ?? []).filter((line) => named.test(line));
  if (drops.length > 0) return drops.slice(0, 3).map((line) => ({ on, command: taking(line) }));
  const active = new Set(node?.active ?? []);
  if (active.has('firewalld')) {
    const what = port === undefined ? `protocol value=${protocol}` : `port port=${port} protocol=${protocol}`;
    const command = `sudo firewall-cmd --permanent --add-rich-rule='rule family=ipv4 source address=${from} ${what} accept' && sudo firewall-cmd --reload`;
    return [{ on, command }];
  }
  if (active.has('ufw') && port !== undefined)
    return [{ on, command: `sudo ufw allow from ${from} to any port ${port} proto ${protocol}` }];
  const address = subject.cluster.nodes.find(({ name }) => name === on)?.address ?? '';
  const device = (node && linkWith(node, address)?.name) ?? 'any';
  const filter = port === undefined ? `ip proto ${protocol}` : `${protocol} port ${port}`;
  return [
    { on, command: `sudo timeout 10 tcpdump -ni ${device} ${filter} # whether it arrives` },
    {
      on: `the firewall before ${on}`,
      command: `let ${port === undefined ? `IP protocol ${protocol}` : `${protocol}/${port}`} through, from ${from} to ${from}`,
    },
  ];
}

/** The command that takes a rule away: of `nft inet site input: tcp dport 179 drop` by its handle, of iptables by its text. */
export function taking(line: string): string {
  const [, family, table, chain] = /^nft (\S+) (\S+) (\S+): /.exec(line) ?? [];
  const rule = line.slice(line.indexOf(': ') + 2);
  if (family !== undefined && rule === 'policy drop')
    return `sudo nft chain ${family} ${table} ${chain} '{ policy accept; }'`;
  if (family !== undefined)
    return `sudo nft -a list chain ${family} ${table} ${chain} # then: sudo nft delete rule ${family} ${table} ${chain} handle NUMBER, of “${rule}”`;
  const [, program, where, name] = /^(\S+) (\S+) (\S+): /.exec(line) ?? [];
  if (rule === 'policy drop') return `sudo ${program} -t ${where} -P ${name} ACCEPT`;
  return `sudo ${program} -t ${where} -D ${name} ${rule}`;
}
