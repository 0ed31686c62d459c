/** What the Prometheus operator passes a PrometheusRule over for (Prometheus v0.305.0 model/rulefmt/rulefmt.go Validate). */
import { fields, list, text } from '../../../reachability/raw.ts';
import { milliseconds } from './duration.ts';
import { promqlError } from './promql.ts';
import type { Trouble } from './scrape-troubles.ts';
import { templateError } from './template.ts';

type Raw = Readonly<Record<string, unknown>>;

export function troublesOfRules({ groups }: Raw): Trouble[] {
  const seen = new Set<string>();
  return list(groups).flatMap((each, i) => {
    const group = fields(each);
    const at = `spec.groups[${i}]`;
    const name = text(group.name);
    const repeated = seen.has(name) && name !== '';
    seen.add(name);
    return [
      ...(repeated ? [trouble(`${at}.name`, `the group ${name} is there already`, 'Give it a name of its own.')] : []),
      ...labelNames(group.labels, `${at}.labels`),
      ...list(group.rules).flatMap((rule, j) => troublesOfRule(fields(rule), `${at}.rules[${j}]`)),
    ];
  });
}

function troublesOfRule(rule: Raw, at: string): Trouble[] {
  const [record, alert] = [text(rule.record), text(rule.alert)];
  const found: Trouble[] = [];
  if (record !== '' && alert !== '')
    found.push(trouble(at, 'a rule is a record or an alert, and this one says both', 'Write two rules.'));
  if (record === '' && alert === '')
    found.push(
      trouble(at, 'a rule is a record or an alert, and this one says neither', 'Write alert: NAME, or record: NAME.'),
    );
  const expr = typeof rule.expr === 'number' ? String(rule.expr) : text(rule.expr);
  const wrong = promqlError(expr);
  if (wrong !== undefined)
    found.push(
      trouble(
        `${at}.expr`,
        `the expression does not parse: ${wrong}`,
        'Write PromQL; `promtool check rules` tells more.',
      ),
    );
  if (record !== '') found.push(...ofRecord(rule, record, at));
  else found.push(...templates(rule, at));
  return [...found, ...labelNames(rule.labels, `${at}.labels`), ...labelNames(rule.annotations, `${at}.annotations`)];
}

function ofRecord(rule: Raw, record: string, at: string): Trouble[] {
  const durations = (['for', 'keep_firing_for'] as const).filter((field) => (milliseconds(text(rule[field])) ?? 0) > 0);
  const beside = [...(Object.keys(fields(rule.annotations)).length > 0 ? ['annotations'] : []), ...durations];
  const found = beside.map((field) =>
    trouble(`${at}.${field}`, `${field} is for alerts, and this is a record`, 'Leave it out.'),
  );
  if (!/[{}]/.test(record)) return found;
  return [
    ...found,
    trouble(
      `${at}.record`,
      `${JSON.stringify(record)} is no name of a series`,
      'Write the name here, labels in labels.',
    ),
  ];
}

/** Labels and annotations of an alert are templates of Go. */
function templates(rule: Raw, at: string): Trouble[] {
  return (['labels', 'annotations'] as const).flatMap((field) =>
    Object.entries(fields(rule[field])).flatMap(([key, value]) => {
      const wrong = templateError(text(value));
      return wrong === undefined
        ? []
        : [
            trouble(
              `${at}.${field}.${key}`,
              `the template does not parse: ${wrong}`,
              'Write {{ $value }} and its like, closed each.',
            ),
          ];
    }),
  );
}

function labelNames(value: unknown, at: string): Trouble[] {
  return Object.keys(fields(value))
    .filter((name) => name === '' || (name === '__name__' && at.endsWith('.labels')))
    .map((name) => trouble(at, `${JSON.stringify(name)} is no label of one's own`, 'Give it another name.'));
}

function trouble(path: string, what: string, hint: string): Trouble {
  return { path, what, hint };
}
