/** Who may work at the same time: each lane has its places, given to the longest job that waits. */
import { freemem } from 'node:os';
import type { Lane } from './part.ts';

interface Waiting {
  readonly seconds: number;
  readonly start: () => void;
}

export class Lanes {
  readonly #free: Record<Lane, number>;
  readonly #waiting: Record<Lane, Waiting[]> = { go: [], python: [], system: [], network: [] };

  constructor(free: Record<Lane, number> = places()) {
    this.#free = { ...free };
  }

  /** Runs `job` as soon as its lane has a place. Jobs asked for in the same turn start longest first. */
  async run<T>(lane: Lane, seconds: number, job: () => Promise<T>): Promise<T> {
    await new Promise<void>((start) => {
      this.#waiting[lane].push({ seconds, start });
      setImmediate(() => this.#next(lane));
    });
    try {
      return await job();
    } finally {
      this.#free[lane] += 1;
      this.#next(lane);
    }
  }

  #next(lane: Lane): void {
    while (this.#free[lane] > 0 && this.#waiting[lane].length > 0) {
      this.#waiting[lane].sort((a, b) => b.seconds - a.seconds);
      this.#free[lane] -= 1;
      this.#waiting[lane].shift()?.start();
    }
  }
}

/**
 * Go compiles in parallel by itself, but links on one core: a second build fills the other. Two of the large ones take
 * 4 GB together.
 */
function places(): Record<Lane, number> {
  return { go: freemem() > 6 * 2 ** 30 ? 2 : 1, python: 1, system: 1, network: 3 };
}
