import type { List } from './inputs.ts';

export interface NetworkSetSpec {
  /** CIDRs or addresses, of both families. Default of Calico: none, a set that matches nothing. The API takes texts that are no address. */
  readonly nets?: List<string>;
}
