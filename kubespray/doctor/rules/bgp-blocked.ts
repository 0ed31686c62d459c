import { letIn } from '../mend.ts';
import { dropsWith } from '../seen.ts';
import type { Subject } from '../subject.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { listed, shortened } from '../words.ts';
import { nodePath } from './paths.ts';
import { type Failed, failedSessions, lostWith, sessionLine } from './sessions.ts';

export const bgpBlocked: Trouble = {
  code: 'bgp-blocked',
  title: 'BGP does not get through between nodes',
  judge(subject) {
    const port = subject.cluster.network.bgp.listenPort;
    const found = failedSessions(subject).flatMap((failed) => {
      const lines = shownBy(subject, failed, port);
      return lines.length === 0 ? [] : [{ failed, lines }];
    });
    if (found.length === 0) return [];
    const nodes = guiltyOf(
      subject,
      found.map(({ failed }) => failed),
      port,
    );
    const lost = found.flatMap(({ failed }) => lostWith(subject, failed.node, failed.other?.name ?? ''));
    const finding: Diagnosis = {
      code: bgpBlocked.code,
      severity: 'broken',
      message: `BGP (tcp/${port}) does not get through ${between(
        nodes,
        found.map(({ failed }) => failed),
      )}`,
      nodes,
      evidence: shortened(found.flatMap(({ lines }) => lines)),
      why: 'Nodes tell each other by BGP where pods are: without a session the routes of the other one’s pods go away, after four minutes at the latest.',
      mend: nodes.flatMap((name) => letIn(subject, name, { protocol: 'tcp', port, named: ruleOf(port) })),
      explains: [...new Set([...found.map(({ failed }) => failed.symptom), ...lost])],
      reference: 'kubespray v2.31.0 docs/operations/port-requirements.md (TCP 179)',
    };
    return [finding];
  },
};

/** The session, and what shows that its packets are dropped: a port that is silent, or a rule. Both ends answer otherwise. */
function shownBy(subject: Subject, failed: Failed, port: number): string[] {
  const { node, other } = failed;
  if (other === undefined || !subject.nodes.has(other.name)) return [];
  // One end that may call is enough, so that both ways are to be closed; what was not measured is not.
  const ways = [
    [node, other.name],
    [other.name, node],
  ] as const;
  const said = ways.map(([from, to]) => nodePath(subject, from, to)?.ports[`tcp/${port}`]);
  // Refused although somebody listens: a rule that rejects.
  const silent = ways.flatMap(([from, to], i) => {
    const listens = subject.nodes.get(to)?.listening.includes(`tcp/${port}`);
    const closed = said[i] === 'silent' || (said[i] === 'refused' && listens === true);
    return closed ? [`${from}→${to}: tcp/${port} is ${said[i]} (measured)`] : [];
  });
  const rules = ways.flatMap(([, to]) => ruleLines(subject, to, port));
  if (silent.length === 0 && (rules.length === 0 || said.includes('open'))) return [];
  return [...rules, ...silent, sessionLine(failed)];
}

const ruleOf = (port: number) => new RegExp(`\\b(${port}|bgp)\\b`);

function ruleLines(subject: Subject, name: string, port: number): string[] {
  return dropsWith(subject.nodes.get(name), ruleOf(port)).map((line) => `${name}: ${line} (firewall)`);
}

/** Nodes with such a rule; else those that every session has in common; else all. */
function guiltyOf(subject: Subject, all: readonly Failed[], port: number): string[] {
  const names = [...new Set(all.flatMap(({ node, other }) => [node, ...(other === undefined ? [] : [other.name])]))];
  const ruled = names.filter((name) => ruleLines(subject, name, port).length > 0);
  if (ruled.length > 0) return ruled;
  const common = names.filter((name) => all.every(({ node, other }) => node === name || other?.name === name));
  return common.length === 1 ? common : names;
}

function between(nodes: readonly string[], all: readonly Failed[]): string {
  const others = all.flatMap(({ node, other }) => [node, other?.name ?? '']).filter((name) => !nodes.includes(name));
  return others.length === 0 ? `between ${listed(nodes)}` : `to and from ${listed(nodes)}`;
}
