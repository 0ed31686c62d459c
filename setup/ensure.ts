/** Brings the parts that are missing: decides first, for all of them, then makes them side by side. */
import { accessSync, constants, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import { type Finding, UserError } from '../cluster/finding.ts';
import { command } from './command.ts';
import { Unavailable } from './download.ts';
import { Lanes } from './lanes.ts';
import { type Offer, type PartSpec, placeOf, type Work, type World } from './part.ts';
import { firstOffer, isKnownReplaced, isThere, noteReplaced, type Plan, planOf } from './plan.ts';
import { duration, type Step } from './progress.ts';
import { complete, type Filling } from './store.ts';

/** What one part took. */
export interface Made {
  readonly spec: PartSpec;
  /** `built … from its Go module`, as the offer says it. */
  readonly how: string;
  readonly seconds: number;
  /** User and system time of everything that was started for it. */
  readonly cpu: number;
}

export interface EnsureOptions {
  /** True to ask again for what was found impossible to get during the last day. */
  readonly askAgain?: boolean;
  /** Free space in bytes at a folder; replaced in tests. */
  readonly freeSpace?: (directory: string) => number;
  /** How the steps are shown, by default on standard error; replaced in tests. */
  readonly show?: (steps: readonly Step[]) => Promise<void>;
}

type Missing = Extract<Plan, { state: 'missing' }>;

/** Returns what was made, and nothing if all was there. Throws a UserError for everything the user can mend. */
export async function ensure(
  specs: readonly PartSpec[],
  world: World,
  options: EnsureOptions = {},
): Promise<readonly Made[]> {
  const wanted = specs.filter(
    (spec) => !isThere(spec, world) && (options.askAgain === true || !isKnownReplaced(spec, world.cache)),
  );
  if (wanted.length === 0) return [];
  const plans = await Promise.all(wanted.map((spec) => planOf(spec, world)));
  refuseImpossible(plans);
  makeFolders(world.cache);
  for (const plan of plans) if (plan.state === 'replaced') noteReplaced(plan.spec, world.cache);
  const missing = plans.filter((plan) => plan.state === 'missing');
  refuseFullDisk(missing, world.cache, options.freeSpace ?? freeSpace);
  return missing.length === 0 ? [] : make(missing, world, options.show ?? showOnTerminal);
}

function makeFolders(cache: string): void {
  try {
    for (const name of ['tools', 'logs']) mkdirSync(join(cache, name), { recursive: true });
    accessSync(join(cache, 'tools'), constants.W_OK);
  } catch (error) {
    throw UserError.of(
      'setup-cache-unwritable',
      cache,
      `Set-up cannot write to ${cache}: ${error instanceof Error ? error.message : String(error)}.`,
      'Make it yours, or name a folder of your own in CALISPRAY_CACHE.',
    );
  }
}

/** Parts that fail for one reason are named together. */
function refuseImpossible(plans: readonly Plan[]): void {
  const findings = new Map<string, Finding>();
  for (const plan of plans) {
    if (plan.state !== 'impossible') continue;
    const last = plan.refusals.at(-1);
    if (last === undefined) throw new Error(`${plan.spec.name} has no source`);
    const known = findings.get(`${last.code} ${last.hint}`);
    const path = known === undefined ? plan.spec.name : `${known.path}, ${plan.spec.name}`;
    findings.set(`${last.code} ${last.hint}`, { ...last, class: 'refused', ...known, path });
  }
  if (findings.size > 0) throw new UserError([...findings.values()]);
}

function refuseFullDisk(missing: readonly Missing[], cache: string, free: (directory: string) => number): void {
  const wanted = missing.reduce((sum, { offer }) => sum + offer.mebibytes, 0);
  const there = Math.floor(free(cache) / 2 ** 20);
  if (there >= wanted) return;
  throw UserError.of(
    'setup-no-disk',
    cache,
    `Set-up needs ${wanted} MiB for what is missing, and ${cache} has ${there} MiB free.`,
    'Make room, or name a folder on a larger disk in CALISPRAY_CACHE (Go keeps its own cache: `go env GOCACHE`).',
  );
}

function freeSpace(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** Imported only now: on most runs there is nothing to make, and the library costs start-up time. */
async function showOnTerminal(steps: readonly Step[]): Promise<void> {
  const { show } = await import('./show.ts');
  await show(steps);
}

type Show = NonNullable<EnsureOptions['show']>;

async function make(missing: readonly Missing[], world: World, show: Show): Promise<readonly Made[]> {
  const stop = new AbortController();
  const interrupt = (): void =>
    stop.abort(
      UserError.of('setup-interrupted', '', 'Set-up was interrupted.', 'Run it again: what was finished is kept.'),
    );
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const lanes = new Lanes();
  const made: Made[] = [];
  const running = new Map<string, Promise<string>>();
  const steps = missing.map((plan): Step => {
    let latest = 'waits for its turn';
    const say = (line: string): void => {
      latest = line;
    };
    // Started in the next turn, when all are in the map.
    const done = immediate().then(async () => {
      await Promise.all((plan.offer.after ?? []).map((part) => running.get(part)));
      const result = await makeOne(plan, { world, lanes, signal: stop.signal, say });
      if (result === undefined) return 'made by another set-up meanwhile';
      made.push(result);
      return `${duration(result.seconds)}, ${duration(result.cpu)} of CPU`;
    });
    done.catch((error) => stop.abort(error));
    running.set(plan.spec.name, done);
    const { name, version } = plan.spec;
    return { name, title: `${name} ${version}: ${plan.offer.says}`, latest: () => latest, done };
  });
  try {
    await show(steps);
  } catch {
    // One failed, or we were stopped: the others end, and clean up, before the first reason is told.
    await Promise.allSettled(running.values());
    throw stop.signal.reason;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
  return made;
}

interface Making {
  readonly world: World;
  readonly lanes: Lanes;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

async function makeOne({ spec, offer, next }: Missing, making: Making): Promise<Made | undefined> {
  const { world, say } = making;
  // What lives in the system still needs a folder to work in, and a lock; the folder is thrown away.
  const inSystem = spec.isThere !== undefined;
  const place = inSystem ? join(world.cache, 'tools', spec.name) : placeOf(spec, world.cache);
  const fill = (filling: Filling): Promise<Made> => takeFirst(spec, [offer, ...next], filling, making);
  const result = await complete(place, fill, () => say('waits for another set-up that makes it'));
  if (inSystem) rmSync(place, { recursive: true, force: true });
  return result;
}

/** Takes the offer; where it turns out not to serve, the sources after it are asked. */
async function takeFirst(
  spec: PartSpec,
  [offer, ...next]: readonly [Offer, ...PartSpec['sources']],
  filling: Filling,
  making: Making,
): Promise<Made> {
  const { world, lanes, signal, say } = making;
  const log = join(world.cache, 'logs', `${spec.name}.log`);
  try {
    return await lanes.run(offer.lane, offer.seconds, async () => {
      signal.throwIfAborted();
      const began = Date.now();
      let cpu = 0;
      say(`at work, log in ${log}`);
      const work: Work = {
        ...world,
        into: filling.into,
        place: filling.place,
        log,
        signal,
        run: async (argv, options) => {
          const result = await command(argv, { ...options, log, lock: filling.lock.descriptor, signal });
          cpu += result.cpu;
          return result;
        },
      };
      rmSync(log, { force: true });
      await offer.take(work);
      return { spec, how: offer.says, seconds: (Date.now() - began) / 1000, cpu };
    });
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    rmSync(filling.into, { recursive: true, force: true });
    mkdirSync(filling.into);
    const following = await firstOffer(next, world);
    if (following.offer === undefined) {
      const why = following.refusals.map(({ message }) => message).join(' ');
      const hint = following.refusals.at(-1)?.hint ?? 'Run it again later, or name a mirror (see README).';
      throw UserError.of('setup-unavailable', spec.name, `${error.message}. ${why}`.trim(), hint);
    }
    return takeFirst(spec, [following.offer, ...following.next], filling, making);
  }
}
