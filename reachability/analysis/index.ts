/** What the policies of a world do to each other: pure computations, each done once it is asked for. */
import type { Policy } from '../policy/policy.ts';
import type { Resource } from '../raw.ts';
import { ruleNamed } from '../rule-names.ts';
import type { CompiledRule } from '../rules.ts';
import { World, type WorldOptions } from '../world/world.ts';
import { type Cancelled, cancelledIn } from './cancelled.ts';
import { type Nameless, namelessIn } from './dns.ts';
import { type Idle, idleUnits } from './idle.ts';
import { type People, peopleOf } from './people.ts';
import { type Ground, groundsOf, type Hit } from './situations.ts';
import { type Tie, tiesIn } from './ties.ts';
import { type Unit, unitsOf } from './units.ts';

export type { Cancelled } from './cancelled.ts';
export type { Nameless } from './dns.ts';
export type { Idle } from './idle.ts';
export type { People, Someone } from './people.ts';
export type { Cell, Ground, Hit, Situation } from './situations.ts';
export type { Tie } from './ties.ts';
export type { Unit } from './units.ts';
export { type Connections, connectionsOf } from './words.ts';

export interface AnalysisOptions {
  /** `v3.31.5`; default: the newest. */
  readonly calico?: string;
  /** The world of the resources, where it has been made already. */
  readonly world?: World;
}

export class Analysis {
  readonly resources: readonly Resource[];
  private readonly options: AnalysisOptions;
  private readonly known = new Map<string, unknown>();

  constructor(resources: readonly Resource[], options: AnalysisOptions = {}) {
    this.resources = resources;
    this.options = options;
  }

  /** The world as it is. */
  get base(): World {
    return this.once('base', () => this.options.world ?? new World(this.resources, this.version));
  }

  /** The world with everybody whom its rules could mean. */
  get people(): People {
    return this.once('people', () => peopleOf(this.resources, this.version, this.base));
  }

  private get version(): WorldOptions {
    const { calico } = this.options;
    return calico === undefined ? {} : { calico };
  }

  get grounds(): readonly Ground[] {
    return this.once('grounds', () => groundsOf(this.people));
  }

  get units(): readonly Unit[] {
    return this.once('units', () => unitsOf(this.resources, this.grounds));
  }

  /** The rule as its author wrote it. */
  unitOf = (hit: Hit | undefined): Unit | undefined => {
    const byRule = this.once(
      'by rule',
      () =>
        new Map<CompiledRule, Unit>(
          this.units.flatMap((unit) =>
            unit.rules.map((rule) => [rule, unit.peers.find((p) => p.rules.includes(rule)) ?? unit]),
          ),
        ),
    );
    return hit && byRule.get(hit.rule);
  };

  /** What the policy was made of. */
  resourceOf({ kind, namespace, name }: Policy): Resource | undefined {
    const step = { kind, policy: namespace === '' ? name : `${namespace}/${name}`, index: -1 };
    return ruleNamed(this.resources, 'ingress', step)?.resource;
  }

  /** Rules that nothing comes to, and those without which everything is the same. */
  get idle(): readonly Idle[] {
    return this.once('idle', () => idleUnits(this.units, this.grounds));
  }

  get cancelled(): readonly Cancelled[] {
    return this.once('cancelled', () => cancelledIn(this.people, this.grounds));
  }

  get ties(): readonly Tie[] {
    return this.once('ties', () => tiesIn(this.grounds));
  }

  /** @param caches addresses of node-local DNS caches of which the world has no pod */
  nameless(caches: readonly string[] = []): readonly Nameless[] {
    return namelessIn(this.people, this.grounds, caches);
  }

  private once<T>(name: string, make: () => T): T {
    if (!this.known.has(name)) this.known.set(name, make());
    return this.known.get(name) as T;
  }
}
