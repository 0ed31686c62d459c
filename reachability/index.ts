/** Who can reach whom: a world of resources, asked about connections, as Calico decides them. */
export { type Address, contains, keyOf, type Net, parseAddress, parseNet } from './address.ts';
export { asV3 } from './as-v3.ts';
export { type Change, type Compared, changesBetween, type Sides } from './change/changes.ts';
export { withPodsNamedAs, workloadsApart } from './change/match.ts';
export { type Everybody, type Grain, inWords, listed } from './change/names.ts';
export { type Difference, differences } from './diff.ts';
export { type Edge, type End, edgesOf, nodeEnds, podEnds } from './edges.ts';
export { type Failure, type JudgeOptions, judgeExpectations, type Mend } from './expect/index.ts';
export { withLikelyAddresses } from './likely-addresses.ts';
export { type Matrix, matrixOf, type Question } from './matrix.ts';
export { type Outside, outsideOf } from './outside.ts';
export { LAST_PORT, type PortRange, portRanges } from './ports.ts';
export { questionsIn } from './questions.ts';
export type { Resource } from './raw.ts';
export { type NamedRule, objectNamed, ruleNamed } from './rule-names.ts';
export { format, type Labels, matches, type Node } from './selector/node.ts';
export { parseSelector } from './selector/parse.ts';
export { stagedIn, withStagedEnforced } from './staged.ts';
export {
  type Behind,
  type Direction,
  type Query,
  type Side,
  type SideVerdict,
  type Step,
  stepText,
  type Verdict,
} from './types.ts';
export { podsOfWorkloads, workloadsOf } from './workloads.ts';
export { resourcesIn } from './world/read.ts';
export { type Answer, World, type WorldOptions } from './world/world.ts';
