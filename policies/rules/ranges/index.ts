import type { Rule } from '../subject.ts';
import { blockLargerThanPool } from './block-larger-than-pool.ts';
import { blockSize } from './block-size.ts';
import { block6LargerThanPool6 } from './block6-larger-than-pool6.ts';
import { block6Size } from './block6-size.ts';
import { blocksForNodes } from './blocks-for-nodes.ts';
import { blocks6ForNodes } from './blocks6-for-nodes.ts';
import { dnsCacheAddress } from './dns-cache-address.ts';
import { hostLocalPool } from './host-local-pool.ts';
import { noStack } from './no-stack.ts';
import { nodeRangePods } from './node-range-pods.ts';
import { nodeRangeSize } from './node-range-size.ts';
import { nodeRangesFit } from './node-ranges-fit.ts';
import { nodeRanges6Fit } from './node-ranges6-fit.ts';
import { podsInsideServices } from './pods-inside-services.ts';
import { podsOverBlocks } from './pods-over-blocks.ts';
import { pods6InsideServices6 } from './pods6-inside-services6.ts';
import { poolCapacity } from './pool-capacity.ts';
import { poolInsidePods } from './pool-inside-pods.ts';
import { pool6Capacity } from './pool6-capacity.ts';
import { pool6InsidePods6 } from './pool6-inside-pods6.ts';
import { rangeUnreadable } from './range-unreadable.ts';
import { range6Unreadable } from './range6-unreadable.ts';
import { rangesApart } from './ranges-apart.ts';
import { ranges6Apart } from './ranges6-apart.ts';
import { serviceRangeSize } from './service-range-size.ts';

/** Ranges of addresses, pools and blocks. */
export const ranges: readonly Rule[] = [
  noStack,
  rangeUnreadable,
  range6Unreadable,
  podsInsideServices,
  pods6InsideServices6,
  serviceRangeSize,
  nodeRangeSize,
  poolInsidePods,
  pool6InsidePods6,
  blockSize,
  block6Size,
  blockLargerThanPool,
  block6LargerThanPool6,
  rangesApart,
  ranges6Apart,
  blocksForNodes,
  blocks6ForNodes,
  podsOverBlocks,
  nodeRangePods,
  nodeRangesFit,
  nodeRanges6Fit,
  hostLocalPool,
  dnsCacheAddress,
  poolCapacity,
  pool6Capacity,
];
