/** One connection to each jump host, shared by all the nodes behind it: an sshd lets few at a time log in (MaxStartups). */
import type { Client } from 'ssh2';
import type { Endpoint, Way } from '../../components/endpoint.ts';
import { type Connected, connect } from './connect.ts';

export class Jumps {
  readonly #open = new Map<string, Promise<Connected>>();

  /** A connection to the end of the way, through its jump host where it has one. */
  async connect({ node, jump }: Way, seconds?: number): Promise<Connected> {
    const passed = await this.pass(jump, seconds);
    if (!passed.ok) return passed;
    return connect(node, { jump: passed.client, ...(seconds === undefined ? {} : { seconds }) });
  }

  /** The jump host's own connection; no client where there is no jump host. Whoever asks second is told the same. */
  async pass(
    jump: Endpoint | undefined,
    seconds?: number,
  ): Promise<{ ok: true; client?: Client } | Extract<Connected, { ok: false }>> {
    if (jump === undefined) return { ok: true };
    const { host, port, user, keyFile = '', hostKey = '' } = jump;
    const name = JSON.stringify([host, port, user, keyFile, hostKey]);
    let connected = this.#open.get(name);
    if (connected === undefined) {
      connected = connect(jump, seconds === undefined ? {} : { seconds });
      this.#open.set(name, connected);
      const first = await connected;
      // Lost later, it shows in what went through it.
      if (first.ok) first.client.on('error', () => {});
    }
    return connected;
  }

  /** Ends the connections to the jump hosts, and with them what still goes through. */
  async close(): Promise<void> {
    for (const connected of await Promise.all(this.#open.values())) if (connected.ok) connected.client.end();
  }
}
