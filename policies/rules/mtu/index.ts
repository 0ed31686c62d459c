import type { Rule } from '../subject.ts';
import { mtuAboveEncapsulation } from './mtu-above-encapsulation.ts';
import { mtuBelowBest } from './mtu-below-best.ts';
import { mtuBelowIpv6 } from './mtu-below-ipv6.ts';
import { mtuWithoutEffect } from './mtu-without-effect.ts';

/** Size of packets. */
export const mtu: readonly Rule[] = [mtuAboveEncapsulation, mtuWithoutEffect, mtuBelowIpv6, mtuBelowBest];
