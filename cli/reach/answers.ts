/** Answers as lines: JSON for programs, a sentence for people. */
import { type Answer, type Query, type Resource, type Side, stepText } from '../../reachability/index.ts';
import { doubtWords, stepWords } from './steps.ts';

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
  const { verdict, egress, ingress, way, behind } = answer.verdict;
  const hosts = (way ?? []).map(({ side, ...at }) => `${JSON.stringify(at).slice(0, -1)},"side":${sideJson(side)}}`);
  const each = behind === undefined ? '' : `,"behind":${JSON.stringify(behind)}`;
  const passed = way === undefined ? '' : `,"way":[${hosts.join(',')}]`;
  return `${asked},"verdict":"${verdict}","egress":${sideJson(egress)},"ingress":${sideJson(ingress)}${passed}${each}}`;
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

/** `deny   dev/evil -> production/my-app tcp/8080: ingress denied at the end of tier default, where NetworkPolicy production/deny is for it`. */
export function textLine(query: Query, answer: Answer, resources: readonly Resource[]): string {
  const { icmpType } = query;
  const connection = `${connectionText(query)}${query.port === undefined && icmpType !== undefined ? `/${icmpType}` : ''}`;
  if (!answer.ok) return `error  ${connection}: ${answer.error}`;
  const { verdict, egress, ingress, way = [], behind = [] } = answer.verdict;
  const each = behind.map((one) => `${one.dst} port ${one.port} ${one.verdict}`).join(', ');
  const hosts = way.map(({ endpoint, direction, side }) => sideText(direction, side, resources, ` of ${endpoint}`));
  const halves = [sideText('egress', egress, resources), ...hosts, sideText('ingress', ingress, resources)];
  const said = [each, ...halves].filter((text) => text !== '');
  return `${verdict.padEnd(7)}${connection}${said.length === 0 ? '' : `: ${said.join('; ')}`}`;
}

export function connectionText({ src, dst, proto = 'tcp', port }: Query): string {
  return `${src} -> ${dst} ${proto}${port === undefined ? '' : `/${port}`}`;
}

function sideText(
  name: 'egress' | 'ingress',
  { verdict, trace, on, why }: Side,
  resources: readonly Resource[],
  of = '',
): string {
  if (verdict === 'unpoliced') return why === undefined ? '' : `${name}${of} is not policed: ${why}`;
  if (verdict === 'depends') {
    return `${name}${of} depends on ${(on ?? []).map((doubt) => doubtWords(doubt, name, resources)).join(', ')}`;
  }
  const last = trace.at(-1);
  return last === undefined ? '' : `${name}${of} ${stepWords(last, name, resources).said}`;
}
