/** Answers as lines: JSON for programs, a sentence for people. */
import { type Answer, type Difference, type Query, type Side, type Step, stepText } from '../../reachability/index.ts';

/**
 * One line of JSON: the query again, `verdict`, and for each half its `verdict`, its `trace` and the deciding `rule`; of a query that
 * cannot be answered, `error` instead.
 */
export function jsonLine(query: Query, answer: Answer): string {
  const { src, dst, proto = 'tcp', port, srcPort, icmpType, icmpCode } = query;
  let asked = `{"src":${JSON.stringify(src)},"dst":${JSON.stringify(dst)},"proto":${JSON.stringify(proto)}`;
  for (const [name, value] of [
    ['port', port],
    ['srcPort', srcPort],
    ['icmpType', icmpType],
    ['icmpCode', icmpCode],
  ] as const) {
    if (value !== undefined) asked += `,"${name}":${value}`;
  }
  if (!answer.ok) return `${asked},"error":${JSON.stringify(answer.error)}}`;
  const { verdict, egress, ingress, behind } = answer.verdict;
  const each = behind === undefined ? '' : `,"behind":${JSON.stringify(behind)}`;
  return `${asked},"verdict":"${verdict}","egress":${sideJson(egress)},"ingress":${sideJson(ingress)}${each}}`;
}

/** The same few halves are answered again and again. */
const written = new WeakMap<Side, string>();

function sideJson(side: Side): string {
  const known = written.get(side);
  if (known !== undefined) return known;
  const { verdict, trace, on, why } = side;
  const rule = trace.at(-1);
  const text = JSON.stringify({
    verdict,
    ...(rule && { rule, trace: trace.map(stepText) }),
    ...(on && { on }),
    ...(why && { why }),
  });
  written.set(side, text);
  return text;
}

/** `deny   dev/evil -> production/my-app tcp/8080: NetworkPolicy production/deny denies ingress at its end (tier default)`. */
export function textLine(query: Query, answer: Answer): string {
  const { src, dst, proto = 'tcp', port, icmpType } = query;
  const number = port ?? icmpType;
  const connection = `${src} -> ${dst} ${proto}${number === undefined ? '' : `/${number}`}`;
  if (!answer.ok) return `error  ${connection}: ${answer.error}`;
  const { verdict, egress, ingress, behind = [] } = answer.verdict;
  const each = behind.map((one) => `${one.dst} port ${one.port} ${one.verdict}`).join(', ');
  const said = [each, sideText('egress', egress), sideText('ingress', ingress)].filter((text) => text !== '');
  return `${verdict.padEnd(7)}${connection}${said.length === 0 ? '' : `: ${said.join('; ')}`}`;
}

function sideText(name: 'egress' | 'ingress', { verdict, trace, on, why }: Side): string {
  if (verdict === 'unpoliced') return why === undefined ? '' : `${name} is not policed: ${why}`;
  if (verdict === 'depends') return `${name} depends on ${(on ?? []).join(', ')}`;
  const last = trace.at(-1);
  return last === undefined ? '' : `${name} ${stepWords(last)}`;
}

const done = { allow: 'allowed', deny: 'denied', pass: 'passed on' } as const;

/** The answer to one question, with every step on the way to it. */
export function explained(query: Query, answer: Answer): string[] {
  const { src, dst, proto = 'tcp', port } = query;
  const connection = `${src} -> ${dst} ${proto}${port === undefined ? '' : `/${port}`}`;
  if (!answer.ok) return [`${connection}: ${answer.error}`];
  const { verdict, egress, ingress, behind = [] } = answer.verdict;
  const side = (name: string, { verdict: said, trace, on = [], why }: Side) => [
    `  ${name}: ${said}${why === undefined ? '' : ` (${why})`}`,
    ...trace.map((step) => `    ${stepWords(step)}`),
    ...on.map((doubt) => `    depends on ${doubt}`),
  ];
  return [
    `${connection}: ${verdict}`,
    ...behind.map((one) => `  ${one.dst} port ${one.port}: ${one.verdict}`),
    ...side(`egress of ${src}`, egress),
    ...side(`ingress of ${dst}`, ingress),
  ];
}

/** Names, or ports, that a line tells one by one. */
const most = 6;

/** `opened  2 connections, tcp/80 (deny -> allow): n/a, n/b -> n/c`. */
export function differenceLine({ questions, before, after, from, to, count }: Difference): string {
  const word = after === 'allow' ? 'opened' : after === 'deny' ? 'closed' : 'unsure';
  const some = (names: readonly string[]) =>
    names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
  const ports = some(questions.map(({ proto, port }) => `${proto}/${port}`));
  const connections = `${count} connection${count === 1 ? '' : 's'}, ${ports}`;
  return `${word}  ${connections} (${before} -> ${after}): ${some(from)} -> ${some(to)}`;
}

function stepWords({ tier, kind, policy, index, action }: Step): string {
  if (kind === 'Profile') return `${done[action]} by the profile ${policy}: no policy is for it`;
  const where =
    index < 0
      ? `at the end of tier ${tier}, where ${kind} ${policy} is for it`
      : `by rule ${index} of ${kind} ${policy} (tier ${tier})`;
  return `${done[action]} ${where}`;
}
