import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ensureTools } from '../../setup/index.ts';

/** Series by name with labels, and their values a minute apart, in promtool's notation: `0+1x60` is 0 to 60. */
export type Series = Readonly<Record<string, string>>;

/** Whether an alert fires at a time. */
export interface Trial {
  readonly name: string;
  readonly series: Series;
  /** Minutes after the first value. */
  readonly at: number;
  /** How many series of each alert fire then; of the alerts that `of` names, or of all. */
  readonly firing: Readonly<Record<string, number>>;
  readonly of?: string;
}

export interface Said {
  readonly ok: boolean;
  readonly text: string;
}

/** What promtool says of a file of rules; `check rules` knows PromQL, durations and the templates of annotations. */
export async function checkRules(rules: object): Promise<Said> {
  return inFolder(async (folder, promtool) => run(promtool, ['check', 'rules', rulesFile(folder, rules)]));
}

/** What promtool says when it plays the series to the rules. */
export async function tryRules(rules: object, trials: readonly Trial[]): Promise<Said> {
  return inFolder(async (folder, promtool) => {
    const file = join(folder, 'trials.yaml');
    const tests = {
      rule_files: [rulesFile(folder, rules)],
      evaluation_interval: '1m',
      tests: trials.map(({ name, series, at, firing, of }) => ({
        name,
        interval: '1m',
        input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
        promql_expr_test: [
          {
            expr: `count by (alertname) (ALERTS{alertstate="firing"${of === undefined ? '' : `,alertname="${of}"`}})`,
            eval_time: `${at}m`,
            exp_samples: Object.entries(firing).map(([alert, value]) => ({
              labels: `{alertname="${alert}"}`,
              value,
            })),
          },
        ],
      })),
    };
    writeFileSync(file, stringify(tests));
    return run(promtool, ['test', 'rules', file]);
  });
}

function rulesFile(folder: string, rules: object): string {
  const file = join(folder, 'rules.yaml');
  writeFileSync(file, stringify(rules));
  return file;
}

async function inFolder(use: (folder: string, promtool: string) => Promise<Said>): Promise<Said> {
  const { promtool } = await ensureTools(['prometheus']);
  const folder = mkdtempSync(join(tmpdir(), 'calispray-promtool-'));
  try {
    return await use(folder, promtool);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(promtool: string, words: readonly string[]): Promise<Said> {
  return new Promise((done) => {
    execFile(promtool, words, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      done({ ok: error === null, text: `${stdout}${stderr}` }),
    );
  });
}
