/** What the Prometheus operator passes a ServiceMonitor or PodMonitor over for (v0.85.0 pkg/prometheus/resource_selector.go). */
import { fields, isFields, list, text } from '../../../reachability/raw.ts';
import { selector } from '../../../reachability/validate/kubernetes.ts';
import { regexpError } from '../../../reachability/validate/regexp.ts';
import { milliseconds } from './duration.ts';

export interface Trouble {
  /** `spec.endpoints[0].relabelings[1].regex`. */
  readonly path: string;
  readonly what: string;
  readonly hint: string;
}

export function troublesOfMonitor(spec: Readonly<Record<string, unknown>>): Trouble[] {
  const inSelector = selector(spec.selector, 'spec.selector').map((sentence) => {
    const [path = ''] = /^[\w.[\]]+/.exec(sentence) ?? [];
    return { path: path.replace(/\.$/, ''), what: sentence, hint: 'Write labels as Kubernetes has them: app: web.' };
  });
  const endpoints = (['endpoints', 'podMetricsEndpoints'] as const).flatMap((field) =>
    list(spec[field]).map((endpoint, i) => ({ endpoint: fields(endpoint), at: `spec.${field}[${i}]` })),
  );
  return [
    ...inSelector,
    ...endpoints.flatMap(({ endpoint, at }) => [
      ...timeout(endpoint, at),
      ...(['relabelings', 'metricRelabelings'] as const).flatMap((field) =>
        list(endpoint[field]).flatMap((step, i) => (isFields(step) ? relabeling(step, `${at}.${field}[${i}]`) : [])),
      ),
    ]),
  ];
}

function timeout({ interval, scrapeTimeout }: Readonly<Record<string, unknown>>, at: string): Trouble[] {
  const [every, most] = [milliseconds(text(interval)), milliseconds(text(scrapeTimeout))];
  if (every === undefined || most === undefined || most <= every) return [];
  const what = `an answer is waited for longer (${scrapeTimeout}) than until the next scrape (${interval})`;
  return [{ path: `${at}.scrapeTimeout`, what, hint: `Write ${interval} at most.` }];
}

const needTarget = ['replace', 'hashmod', 'lowercase', 'uppercase', 'keepequal', 'dropequal'];
/** As the operator's own, `^(?:(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))+\w*)+$`, in a form that never goes back. */
const target = /^(?:[a-zA-Z_]|\$(?:\{\w+\}|\w))(?:\w|\$(?:\{\w+\}|\w))*$/;
const DEFAULTS: Readonly<Record<string, unknown>> = {
  regex: '(.*)',
  separator: ';',
  replacement: '$1',
  modulus: 0,
  targetLabel: '',
};

const ofRegex = ['sourceLabels', 'targetLabel', 'modulus', 'separator', 'replacement'];
const ofEqual = ['regex', 'modulus', 'separator', 'replacement'];
/** Fields that an action does not go with. */
const foreignTo: Readonly<Record<string, readonly string[]>> = {
  keepequal: ofEqual,
  dropequal: ofEqual,
  labeldrop: ofRegex,
  labelkeep: ofRegex,
  lowercase: ['replacement'],
  uppercase: ['replacement'],
};

/** One step; the first trouble of it, as the operator finds it. */
function relabeling(step: Readonly<Record<string, unknown>>, at: string): Trouble[] {
  const action = (text(step.action) || 'replace').toLowerCase();
  const { regex, targetLabel, replacement } = step;
  const said = (field: string) => step[field] !== undefined && step[field] !== null && step[field] !== DEFAULTS[field];
  const trouble = (field: string, what: string, hint: string): Trouble[] => [{ path: `${at}.${field}`, what, hint }];

  // Prometheus wants the whole value matched, and lets a dot match newlines.
  const error = typeof regex === 'string' && regexpError(`^(?s:${regex})$`);
  if (typeof regex === 'string' && error)
    return trouble(
      'regex',
      `the regex ${JSON.stringify(regex)} does not compile: ${regexpError(regex) ?? error}`,
      'Write it as Go has it (RE2): no looking around, no references back.',
    );
  if (action === 'hashmod' && !said('modulus'))
    return trouble(
      'modulus',
      'hashmod needs a modulus',
      'Write how many different results there are to be: modulus: 4.',
    );
  if (needTarget.includes(action) && text(targetLabel) === '')
    return trouble(
      'targetLabel',
      `${action} needs the label that gets the result`,
      'Write targetLabel, or another action.',
    );
  const isLabel = action === 'hashmod' ? /^[a-zA-Z_]\w*$/ : target;
  if (needTarget.includes(action) && !isLabel.test(text(targetLabel)))
    return trouble(
      'targetLabel',
      `${JSON.stringify(targetLabel)} is no label`,
      "Write letters, digits and '_', and no digit first.",
    );
  if (action === 'labelmap' && typeof replacement === 'string' && !target.test(replacement))
    return trouble(
      'replacement',
      `${JSON.stringify(replacement)} makes no label`,
      'Write a label, with $1 for a group of the regex.',
    );
  const foreign = foreignTo[action] ?? [];
  const beside = foreign.find((field) => (field === 'sourceLabels' ? list(step[field]).length > 0 : said(field)));
  if (beside !== undefined) return trouble(beside, `${action} takes no ${beside}`, 'Leave it out.');
  return [];
}
