export { constants, fieldOf } from './fields.ts';
export { type Inventory, renderInventory, type Told, toldOf } from './inventory.ts';
export {
  judgeNodeFacts,
  type Listener,
  type NodeFacts,
  nodeProbe,
  noFacts,
  readNodeFacts,
} from './node-facts/index.ts';
export { subjectOf } from './subject.ts';
export { files, type Variable, variablesOf } from './variables.ts';
