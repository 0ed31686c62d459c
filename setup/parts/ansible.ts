/** Ansible as kubespray wants it: checked wheels for the controller, and an environment made from them for this machine. */
import { copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PartSpec, Source, Work } from '../part.ts';
import { recipeFile } from '../paths.ts';
import { makeEnvironment, obtainPython, pipFailure, pipFlags, pythonPlan } from '../sources/python.ts';
import { versions } from '../versions.ts';

export const ansible: PartSpec = {
  name: 'ansible',
  title: 'Ansible, with its wheels for the controller',
  version: versions.ansible,
  inputs: [recipeFile('python/requirements.txt'), 'wheels/ and venv/, not compiled'],
  sources: [fromIndex],
};

async function fromIndex({ environment }: Parameters<Source>[0]): ReturnType<Source> {
  const plan = await pythonPlan(environment);
  if ('code' in plan) return plan;
  return {
    says: `install it from the Python package index ${plan.says}`,
    lane: 'python',
    after: ['debian'],
    seconds: 30,
    mebibytes: 800,
    take: install,
  };
}

async function install(work: Work): Promise<void> {
  const wheels = join(work.into, 'wheels');
  const requirements = join(wheels, 'requirements.txt');
  mkdirSync(wheels);
  copyFileSync(join(import.meta.dirname, '..', 'python', 'requirements.txt'), requirements);

  const own = await makeEnvironment(work, await obtainPython(work), 'venv');
  const pip = [own, '-m', 'pip'];
  const only = ['--only-binary', ':all:', '-r', requirements];
  const fetched = await work.run([...pip, 'download', ...pipFlags, ...only, '--dest', wheels]);
  if (!fetched.ok) throw pipFailure(`ansible ${versions.ansible}`, work, fetched);

  const local = ['--no-index', '--find-links', wheels, '--no-compile'];
  const installed = await work.run([...pip, 'install', ...pipFlags, ...only, ...local]);
  if (!installed.ok) throw pipFailure(`ansible ${versions.ansible}`, work, installed);
  move(join(work.into, 'venv'), work.into, work.place);
}

/** An environment's scripts name their interpreter by its full path: give them the path they will have. */
function move(environment: string, from: string, to: string): void {
  const bin = join(environment, 'bin');
  const scripts = readdirSync(bin).map((name) => join(bin, name));
  for (const file of [...scripts, join(environment, 'pyvenv.cfg')]) {
    if (!lstatSync(file).isFile()) continue;
    const text = readFileSync(file, 'utf8');
    if (text.includes(from)) writeFileSync(file, text.replaceAll(from, to));
  }
}
