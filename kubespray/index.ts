export { constants, fieldOf } from './fields.ts';
export { type Inventory, renderInventory, type Told, toldOf } from './inventory.ts';
export { judgeNodeFacts, type Listener, type NodeFacts } from './node-facts.ts';
export { nodeFactsScript } from './node-facts-script.ts';
export { subjectOf } from './subject.ts';
export { files, type Variable, variablesOf } from './variables.ts';
