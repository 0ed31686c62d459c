/**
 * `npm run add-release -- DIR TAG [--print]`: adds a release of kubespray, from a checkout of it, to cluster/releases.json.
 * A folder without Git says `--commit` and `--date` of the tag. `--print` shows the entry and changes nothing.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { reportError } from '../cli/report.ts';
import { UserError } from '../cluster/finding.ts';
import { type Identity, type ReadFile, type Recorded, releaseIn, withRelease } from './kubespray-release.ts';

const record = join(import.meta.dirname, '../cluster/releases.json');
const usage = 'npm run add-release -- DIR TAG [--print] [--commit SHA --date YYYY-MM-DD]';

function main(): void {
  const { dir, tag, values } = readArguments();
  const read: ReadFile = (path) => (existsSync(join(dir, path)) ? readFileSync(join(dir, path), 'utf8') : undefined);
  const identity: Identity = {
    tag,
    commit: values.commit ?? git(dir, tag, '%H'),
    date: values.date ?? git(dir, tag, '%cs'),
  };
  const recorded = JSON.parse(readFileSync(record, 'utf8')) as Recorded;
  if (values.print) {
    const { release } = releaseIn(read, identity, recorded.calicoDefaults);
    process.stdout.write(`${JSON.stringify(release, null, 2)}\n`);
    return;
  }
  const next = withRelease(recorded, read, identity);
  writeFileSync(`${record}.new`, `${JSON.stringify(next, null, 2)}\n`);
  renameSync(`${record}.new`, record);
  process.stdout.write(
    `${tag} is in cluster/releases.json. Next: the names in policies/rules/names/known-variables.ts, the default in cluster/schema/kubespray.ts, and npm test.\n`,
  );
}

function readArguments() {
  const options = { print: { type: 'boolean' }, commit: { type: 'string' }, date: { type: 'string' } } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [dir, tag] = positionals;
    if (dir !== undefined && tag !== undefined && /^v\d+\.\d+\.\d+$/.test(tag)) return { dir, tag, values };
  } catch (error) {
    throw UserError.of('usage', '', error instanceof Error ? error.message : String(error), usage);
  }
  throw UserError.of('usage', '', 'name the folder of a checkout, and its tag: v2.32.0', usage);
}

/** What Git knows of the tag; the checkout must be of it. */
function git(dir: string, tag: string, format: string): string {
  try {
    const ask = (...args: string[]) =>
      execFileSync('git', ['-C', dir, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
    if (ask('rev-parse', 'HEAD') !== ask('rev-parse', `${tag}^{commit}`)) {
      throw UserError.of(
        'not-that-tag',
        '',
        `${dir} has another commit checked out than ${tag}`,
        `git -C ${dir} checkout ${tag}`,
      );
    }
    return ask('log', '-1', `--format=${format}`, 'HEAD');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw UserError.of(
      'no-git',
      '',
      `${dir} is no Git checkout with the tag ${tag}`,
      `fetch its tags, or say --commit and --date: ${usage}`,
    );
  }
}

try {
  main();
} catch (error) {
  process.exit(reportError(error, false));
}
