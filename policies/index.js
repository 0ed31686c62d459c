import './lean.js';
import { fstatSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { PolicyPack } from '@pulumi/policy';
import { policies } from './pack.ts';
import { quickText } from './wire.ts';

// JavaScript, because the official language host starts a pack through ts-node, which fails at an import ending in .ts
// but leaves the ones of an ES module to Node. Constructing the pack starts the server that the engine asks, hence
// nothing else is done here.
quickText();
new PolicyPack('calispray', { policies });
// The engine kills the pack, and Node keeps compiled code only at a normal end: half of a start is compiling.
setTimeout(flushCompileCache, 200).unref();
// The engine holds our standard input, which closes when it is gone, killed included; nothing else would end us then.
const input = fstatSync(0);
if (input.isFIFO() || input.isSocket()) {
  const end = () => process.exit(0);
  process.stdin.on('end', end).on('error', end).resume();
}
