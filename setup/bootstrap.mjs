#!/usr/bin/env node
/**
 * The first thing that runs, before anything is installed: plain JavaScript for Node 20 with nothing but Node's own
 * modules. Installs the locked packages where they are missing or out of date, then hands over to Node 24, which is one
 * of them.
 *
 *     node setup/bootstrap.mjs start|test|setup|bench|calispray|mocha|faults|mutation|add-release [arguments]
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const checkout = resolve(import.meta.dirname ?? '.', '..');
const modules = join(checkout, 'node_modules');
/** Lies inside node_modules: `npm ci` takes it away before it begins, so a broken-off one is never taken for done. */
const record = join(modules, '.calispray-lock');

const programs = {
  start: (rest) => ['cli/main.ts', 'start', ...rest],
  test: (rest) => ['tests/run.ts', ...rest],
  setup: (rest) => ['setup/main.ts', ...rest],
  bench: (rest) => ['bench/main.ts', ...rest],
  calispray: (rest) => ['cli/main.ts', ...rest],
  mocha: (rest) => ['tests/run.ts', ...rest],
  faults: (rest) => ['tests/integration/faults/main.ts', ...rest],
  mutation: (rest) => ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run', ...rest],
  'add-release': (rest) => ['setup/add-release.ts', ...rest],
};

/** A sentence for the user instead of a stack trace. */
class Refused extends Error {}

async function main([name, ...rest]) {
  const program = Object.hasOwn(programs, name ?? '') ? programs[name] : undefined;
  if (program === undefined) throw new Refused(`Say one of: ${Object.keys(programs).join(', ')}.`);
  checkNode();
  await installPackages();
  const [script, ...args] = program(rest);
  const node = newestNode();
  const path = [join(modules, '.bin'), process.env.PATH ?? ''].join(delimiter);
  const env = { ...process.env, PATH: path };
  // The command ends when we are killed: see endWithParent in cli/main.ts. A test starts commands of its own.
  if (script === 'cli/main.ts') env.CALISPRAY_PARENT = String(process.pid);
  return run(node, [join(checkout, script), ...args], { env, stdio: 'inherit' });
}

function checkNode() {
  if (Number(process.versions.node.split('.')[0]) >= 20) return;
  throw new Refused(
    `Node ${process.versions.node} is too old to start with: install Node >= 20 from https://nodejs.org.`,
  );
}

/** Node 24 comes from npm, for x64 and arm64; elsewhere the present one has to do, if it can read TypeScript. */
function newestNode() {
  const installed = join(modules, '.bin', 'node');
  if (existsSync(installed)) return installed;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  throw new Refused(
    `npm has no Node 24 for ${process.platform} ${process.arch}: install Node >= 22.18 and run it again.`,
  );
}

async function installPackages() {
  if (isInstalled()) return;
  const folder = join(checkout, '.calispray');
  mkdirSync(folder, { recursive: true });
  const lock = openSync(join(folder, 'npm-ci.lock'), 'a');
  try {
    await takeLock(lock);
    if (!isInstalled()) await npmCi(lock);
  } finally {
    closeSync(lock);
  }
}

const digest = () =>
  createHash('sha256')
    .update(readFileSync(join(checkout, 'package-lock.json')))
    .digest('hex');
const isInstalled = () => existsSync(record) && readFileSync(record, 'utf8').trim() === digest();

/** The lock is the kernel's and stays with our descriptor: it goes when we go, whatever way that is. */
async function takeLock(descriptor) {
  const flock = (args) =>
    run('flock', [...args, '--exclusive', '3'], { stdio: ['ignore', 'ignore', 'inherit', descriptor] });
  try {
    if ((await flock(['--nonblock'])) === 0) return;
    process.stderr.write('Another process installs the npm packages: waiting for it.\n');
    if ((await flock(['--wait', '1800'])) === 0) return;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new Refused('The program `flock` is missing: install the package util-linux.');
  }
  throw new Refused(
    'Another process has been installing the npm packages for half an hour: end it and run this again.',
  );
}

async function npmCi(lock) {
  process.stderr.write('Installing the locked npm packages …\n');
  const digestBefore = digest();
  const log = join(checkout, '.calispray', 'npm-ci.log');
  const output = openSync(log, 'w');
  // npm that started us by a script has its settings in the environment: they would apply twice.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^npm_(config|lifecycle|package)_/.test(key)),
  );
  let code;
  try {
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier'];
    code = await run('npm', args, { cwd: checkout, env, stdio: ['ignore', output, output, lock] });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new Refused('npm is missing: it comes with Node from https://nodejs.org, on Debian as the package npm.');
  } finally {
    closeSync(output);
  }
  if (code !== 0) throw new Refused(npmFailure(readFileSync(log, 'utf8'), log));
  writeFileSync(record, `${digestBefore}\n`);
}

/** npm puts the reason first and its own usage after it. */
function npmFailure(output, log) {
  const lines = output.split('\n').map((line) => line.trimEnd());
  const errors = lines.filter((line) => /^npm (error|ERR!) ./.test(line) && !line.includes('complete log'));
  const told = errors.length > 0 ? errors.slice(0, 8) : lines.filter((line) => line !== '').slice(-8);
  return `npm could not install the locked packages (all of it in ${log}):\n${told.join('\n')}`;
}

/** Resolves to the exit code, 128 + n for signal n. Signals we get are the child's to answer; we wait for it. */
function run(command, args, options) {
  return new Promise((done, reject) => {
    const child = spawn(command, args, options);
    const passOn = (signal) => {
      // A terminal's Ctrl-C went to the child as well: twice would mean "at once" to it.
      if (signal !== 'SIGINT' || !inForeground()) child.kill(signal);
    };
    process.on('SIGINT', passOn).on('SIGTERM', passOn);
    const finish = () => process.off('SIGINT', passOn).off('SIGTERM', passOn);
    child.once('error', (error) => {
      finish();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      finish();
      done(code ?? 128 + constants.signals[signal]);
    });
  });
}

/** True if we are in the process group that our terminal sends Ctrl-C to (proc(5), stat: pgrp and tpgid). */
function inForeground() {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return fields[5] !== '-1' && fields[2] === fields[5];
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Refused ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
