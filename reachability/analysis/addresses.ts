/** Addresses for pods that have none yet: of a pool, where no rule tells them from the pool's others. */
import { type Address, after, contains, keyOf, type Net } from '../address.ts';
import { netsOfRules } from '../outside.ts';
import type { World } from '../world/world.ts';

/** Every net that a rule or a network set names. */
export function netsIn(world: World): Net[] {
  return unique([...netsOfRules(world), ...world.parts.networkSets.flatMap((set) => set.nets)]);
}

/** Addresses that nobody has, handed out one by one. */
export class Free {
  private readonly pools: readonly Net[];
  private readonly nets: readonly Net[];
  private readonly taken: Set<string>;
  private readonly next = new Map<Net, Address>();
  private readonly used = new Set<Net>();

  constructor(pools: readonly Net[], nets: readonly Net[], taken: Iterable<Address>) {
    this.pools = pools;
    this.nets = nets;
    this.taken = new Set([...taken].map(keyOf));
  }

  /** One of each family that the pools have. */
  one(): Address[] {
    return ([4, 6] as const).flatMap((family) => {
      const pools = this.pools.filter((pool) => pool.family === family);
      for (const pool of pools) {
        const address = this.used.has(pool) ? undefined : this.from(pool, this.within(pool));
        if (address !== undefined) return address;
      }
      // Rules cut up all of them: any part is as good as another.
      return pools.map((pool) => this.from({ ...pool }, [])).find((address) => address !== undefined) ?? [];
    });
  }

  /** One of each part that rules cut out of the pools, with the net that cuts it out. */
  parts(): { net: Net; address: Address }[] {
    return this.pools.flatMap((pool) => {
      const inner = this.within(pool);
      return inner.flatMap((net) => {
        const address = this.from(
          net,
          inner.filter((other) => other !== net && inside(other, net)),
        );
        return address === undefined ? [] : { net, address };
      });
    });
  }

  private within(pool: Net): Net[] {
    return this.nets.filter((net) => net.prefix > pool.prefix && inside(net, pool));
  }

  private from(pool: Net, avoided: readonly Net[]): Address | undefined {
    // The first of a pool is a net's own address, and nobody's.
    let address: Address | undefined = this.next.get(pool) ?? (pool.prefix < 31 ? afterOne(pool) : pool);
    for (let tries = 0; tries < 4096 && address !== undefined && contains(pool, address); tries++) {
      const at: Address = address;
      const around = avoided.filter((net) => contains(net, at));
      const widest = around.reduce<Net | undefined>(
        (a, b) => (a === undefined || b.prefix < a.prefix ? b : a),
        undefined,
      );
      if (widest === undefined && !this.taken.has(keyOf(at))) {
        this.taken.add(keyOf(at));
        const next = afterOne(at);
        if (next !== undefined) this.next.set(pool, next);
        return { family: at.family, words: at.words };
      }
      address = widest === undefined ? afterOne(at) : after(widest);
    }
    this.used.add(pool);
    return undefined;
  }
}

function afterOne({ family, words }: Address): Address | undefined {
  return after({ family, words, prefix: family === 4 ? 32 : 128 });
}

function inside(net: Net, outer: Net): boolean {
  return net.prefix >= outer.prefix && contains(outer, net);
}

export function unique(nets: readonly Net[]): Net[] {
  return [...new Map(nets.map((net) => [`${keyOf(net)}/${net.prefix}`, net])).values()];
}
