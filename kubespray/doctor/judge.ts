/** From evidence to report: symptoms, then what explains them. */
import { type Cluster, parseCluster, UserError } from '../../cluster/index.ts';
import { isRecord } from '../../cluster/raw.ts';
import { ranked } from './rank.ts';
import { troubles } from './rules/index.ts';
import type { Subject } from './subject.ts';
import { symptom, symptomsOf, waitsForBgp } from './symptoms.ts';
import type { Diagnosis, Evidence, NodeEvidence, Report } from './types.ts';
import { unknownIn } from './unknown.ts';

/**
 * What is wrong in the evidence, and why; of what is known alone. Never throws for what the evidence lacks.
 * @throws UserError with every mistake where the declared cluster is none
 */
export function reportOf(evidence: Evidence): Report {
  const subject = subjectOf(evidence);
  const { symptoms } = subject;
  const all = judged(subject);
  const shown = all.filter((one) => !isConcluded(one));
  const concluded = all.filter(isConcluded);
  // What is concluded from symptoms is concluded from those that nothing shown explains.
  const rest = without(symptoms, shown);
  const remaining = judged({ ...subject, symptoms: rest }, new Set(concluded.map(({ code }) => code))).filter(
    isConcluded,
  );
  const findings = ranked([...shown, ...remaining]);
  const gone = concluded.filter(({ code }) => !findings.some((one) => one.code === code));
  return {
    ok: findings.length === 0 && symptoms.length === 0,
    cluster: subject.cluster.name,
    at: evidence.at,
    findings: findings.map((finding) => ({ ...finding, follows: [...finding.follows, ...followers(finding, gone)] })),
    unexplained: without(symptoms, findings),
    unknown: unknownIn(subject),
  };
}

/** The evidence with the cluster that it declares, and its symptoms. */
export function subjectOf(evidence: Evidence): Subject {
  const cluster = declaredIn(evidence);
  const nodes = new Map<string, NodeEvidence>(
    Object.entries(evidence.nodes).flatMap(([name, node]) => ('value' in node ? [[name, node.value] as const] : [])),
  );
  const asked = { evidence, cluster, nodes };
  return { ...asked, symptoms: symptomsOf(asked) };
}

/** Manifests are not in a dump, and what they declare is judged as the API has it. */
function declaredIn({ declared }: Evidence): Cluster {
  const { policies, ...rest } = isRecord(declared) ? declared : {};
  const { manifests: _, ...others } = isRecord(policies) ? policies : {};
  const parsed = parseCluster(isRecord(policies) ? { ...rest, policies: others } : declared);
  if (!parsed.ok) throw new UserError(parsed.findings);
  return parsed.cluster;
}

function isConcluded({ inferred }: Diagnosis): boolean {
  return inferred === true;
}

/** By all troubles, or by those of the codes alone. */
function judged(subject: Subject, codes?: ReadonlySet<string>): Diagnosis[] {
  const found = troubles.filter(({ code }) => codes?.has(code) !== false).flatMap(({ judge }) => judge(subject));
  return found.map((one) => withReadiness(subject, one));
}

/** What breaks a session keeps calico-node from being ready at its ends. */
function withReadiness(subject: Subject, one: Diagnosis): Diagnosis {
  const ends = one.explains.flatMap((each) => /^bgp (\S+)→/.exec(each)?.[1] ?? []);
  const more = [...new Set(ends)]
    .filter((name) => waitsForBgp(subject, name))
    .map(symptom.calicoNode)
    .filter((each) => subject.symptoms.includes(each) && !one.explains.includes(each));
  return more.length === 0 ? one : { ...one, explains: [...one.explains, ...more] };
}

function without(symptoms: readonly string[], findings: readonly Diagnosis[]): string[] {
  const explained = new Set(findings.flatMap(({ explains }) => explains));
  return symptoms.filter((one) => !explained.has(one));
}

/** Conclusions that would have been drawn from what this finding explains. */
function followers({ code, follows, explains }: Report['findings'][number], gone: readonly Diagnosis[]): string[] {
  const mine = new Set(explains);
  const codes = gone.filter((one) => one.explains.some((each) => mine.has(each))).map((one) => one.code);
  return [...new Set(codes)].filter((one) => one !== code && !follows.includes(one));
}
