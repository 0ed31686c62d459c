export { type Inventory, renderInventory } from './inventory.ts';
export { judgeNodeFacts, type Listener, type NodeFacts } from './node-facts.ts';
export { nodeFactsScript } from './node-facts-script.ts';
export { subjectOf } from './subject.ts';
export { type Variable, variablesOf } from './variables.ts';
