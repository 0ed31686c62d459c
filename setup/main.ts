/**
 * `npm run setup [-- part …] [-- --check] [-- --json]`: brings every part, or says which are there and which are missing.
 */
import { parseArgs } from 'node:util';
import { UserError } from '../cluster/finding.ts';
import type { Made } from './ensure.ts';
import { ensureTools, worldAt } from './index.ts';
import type { Part } from './part.ts';
import { parts } from './parts/index.ts';
import { cacheDirectory } from './paths.ts';
import { type Plan, planOf } from './plan.ts';
import { table } from './report.ts';

const usage = 'npm run setup [-- [--check] [--json] [part …]]';

/** The language host serves a test and the official CLI alone: it is made when somebody asks for it. */
const usual = parts.map(({ name }) => name).filter((name) => name !== 'language-host' && name !== 'prometheus');

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const chosen = positionals.length === 0 ? undefined : positionals.map(asPart);
  if (values.check) {
    const world = worldAt(cacheDirectory(), true, false);
    const wanted = parts.filter(({ name }) => chosen === undefined || chosen.includes(name));
    const plans = await Promise.all(wanted.map((spec) => planOf(spec, world)));
    print(values.json ? JSON.stringify(plans.map(asJson), null, 2) : plans.map(asLine).join('\n'));
    return;
  }
  let made: readonly Made[] = [];
  const report = (all: readonly Made[]): void => {
    made = all;
  };
  const tools = await ensureTools(chosen ?? usual, { askAgain: true, report });
  if (values.json) return print(JSON.stringify({ tools, made: made.map(asJsonMade) }, null, 2));
  print(made.length === 0 ? 'Everything is there.' : table(made));
  if (chosen === undefined && tools.providers === 'stand-in') {
    print("The official provider plugins cannot be had here: the project's stand-ins serve the lab and every preview.");
  }
}

function readArguments() {
  const options = { check: { type: 'boolean' }, json: { type: 'boolean' } } as const;
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw UserError.of('setup-usage', '', error instanceof Error ? error.message : String(error), usage);
  }
}

function asPart(name: string): Part {
  const part = parts.find((candidate) => candidate.name === name);
  if (part !== undefined) return part.name;
  const all = parts.map((candidate) => candidate.name).join(', ');
  throw UserError.of('setup-usage', name, `No part is called ${name}.`, `There are: ${all}.`);
}

function asLine(plan: Plan): string {
  const name = `${plan.spec.name} ${plan.spec.version}`.padEnd(36);
  switch (plan.state) {
    case 'there':
      return `✔ ${name} ${plan.where}`;
    case 'missing':
      return `· ${name} missing: would ${plan.offer.says}`;
    case 'replaced':
      return `· ${name} cannot be had here: ${plan.by}`;
    case 'impossible':
      return `✘ ${name} ${plan.refusals.at(-1)?.message} → ${plan.refusals.at(-1)?.hint}`;
  }
}

function asJson(plan: Plan): Record<string, unknown> {
  const { name: part, version, title } = plan.spec;
  const common = { part, version, title, state: plan.state };
  switch (plan.state) {
    case 'there':
      return { ...common, where: plan.where };
    case 'missing':
      return { ...common, would: plan.offer.says, mebibytes: plan.offer.mebibytes };
    case 'replaced':
      return { ...common, by: plan.by, refusals: plan.refusals };
    case 'impossible':
      return { ...common, refusals: plan.refusals };
  }
}

function asJsonMade({ spec, how, seconds, cpu }: Made): Record<string, unknown> {
  return { part: spec.name, version: spec.version, how, seconds, cpu };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
