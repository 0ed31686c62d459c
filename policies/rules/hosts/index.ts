import type { Rule } from '../subject.ts';
import { hostAddresses } from './host-addresses.ts';
import { hostAddresses6 } from './host-addresses6.ts';
import { hostKeyAcceptNew } from './host-key-accept-new.ts';
import { hostKeyMissing } from './host-key-missing.ts';
import { hostName } from './host-name.ts';
import { hostOverride } from './host-override.ts';
import { jumpAcceptNew } from './jump-accept-new.ts';

/** Single hosts. */
export const hosts: readonly Rule[] = [
  hostName,
  hostAddresses,
  hostAddresses6,
  hostOverride,
  hostKeyAcceptNew,
  jumpAcceptNew,
  hostKeyMissing,
];
