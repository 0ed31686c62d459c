#!/usr/bin/env node
// Plain JavaScript on purpose: it has to run on any Node from 20 on, and hand over to one that strips types by itself.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
const stripsTypes = major > 22 || (major === 22 && minor >= 18);

if (stripsTypes) {
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
