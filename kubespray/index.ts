export { type Inventory, renderInventory } from './inventory.ts';
export { judgeNodeFacts, type NodeFacts, nodeFactsScript } from './node-facts.ts';
export { subjectOf } from './subject.ts';
export { type Variable, variablesOf } from './variables.ts';
