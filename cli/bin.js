#!/usr/bin/env node
// Plain JavaScript on purpose: it has to run on any Node from 20 on, and hand over to one that strips types by itself.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
const stripsTypes = major > 22 || (major === 22 && minor >= 18);

if (stripsTypes) {
  // Kept beside what set-up downloads; the children of this process (policy pack, stand-ins) use it too.
  process.env.NODE_COMPILE_CACHE ||= join(
    process.env.CALISPRAY_CACHE || join(homedir(), '.cache', 'calispray'),
    'compiled',
  );
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import('./main.ts');
} else {
  const brought = fileURLToPath(new URL(`../node_modules/node-linux-${process.arch}/bin/node`, import.meta.url));
  if (!existsSync(brought)) {
    console.error(
      `calispray needs Node 22.18 or newer; this is ${process.versions.node} and node_modules has none.\n  → run npm ci, which brings Node 24 along`,
    );
    process.exit(1);
  }
  const child = spawn(brought, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, CALISPRAY_PARENT: String(process.pid) },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 1));
}
