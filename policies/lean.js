import * as module from 'node:module';

// Every preview waits for the pack to start, and half of that is the SDK loading what serves a program, never a pack:
// the Automation API, npm's tree of packages and the TypeScript compiler, to serialise functions. Measured, @pulumi/pulumi
// 3.259.0 with nothing else on the machine: 325 ms with them, 152 ms without. Imported before the SDK, for that reason.
const unused = [
  ['/@pulumi/pulumi/index.js', ['./automation', './dynamic', './provider']],
  ['/@pulumi/pulumi/runtime/closure/', ['@npmcli/arborist', '../../typescript-shim']],
];
const nothing = new URL('nothing.cjs', import.meta.url).href;

// Node before 22.15 has no such hook and loads it all.
module.registerHooks?.({
  resolve(specifier, context, next) {
    const isUnused = unused.some(
      ([from, what]) => what.includes(specifier) && context.parentURL?.includes(from) === true,
    );
    return isUnused ? { url: nothing, shortCircuit: true } : next(specifier, context);
  },
});
