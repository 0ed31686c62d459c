/** `calispray import`: an inventory that kubespray has been run with, as a stack file. */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type Finding, UserError } from '../../cluster/finding.ts';
import { readInventoryFolder } from '../inventory-folder.ts';
import { findProject } from '../project.ts';
import { nameOf } from '../read.ts';
import { exitCodes, findingLines, terminal } from '../report.ts';

export interface ImportCommandOptions {
  cwd?: string;
  out?: string;
  stack?: string;
  name?: string;
  kubespray?: string;
  force?: boolean;
  json?: boolean;
}

/**
 * Writes the stack file, or prints it where neither `--out` nor `--stack` names one.
 * @returns 1 where something was refused or harmful, or the import could not prove itself: it is written all the same
 * @throws UserError where nothing could be imported, or the file is there already
 */
export default async function importCommand(options: ImportCommandOptions, path: string): Promise<number> {
  const target = targetOf(options);
  const [{ importInventory }, { prove }, { specText, stackText }, { release, releases }] = await Promise.all([
    import('../../kubespray/import/index.ts'),
    import('../../kubespray/import/proof.ts'),
    import('../../kubespray/import/write.ts'),
    import('../../cluster/releases.ts'),
  ]);
  const { kubespray: tag } = options;
  if (tag !== undefined && release(tag) === undefined) {
    const known = releases.map((one) => one.tag).join(', ');
    throw UserError.of('unknown-release', '', `Calispray does not know kubespray ${tag}`, `Give one of ${known}.`);
  }
  const folder = readInventoryFolder(path);
  const name = options.name ?? label(options.stack ?? basename(resolve(folder.dir)));
  const imported = importInventory(folder.files, {
    name,
    ...(tag === undefined ? {} : { kubespray: tag }),
    ...(folder.inventory === undefined ? {} : { inventory: folder.inventory }),
  });
  const { value } = imported;
  const findings = inFolder([...folder.findings, ...imported.findings], folder.dir);
  if (value === undefined || folder.findings.length > 0) throw new UserError(findings);

  const proof = prove(value);
  if (!proof.ok && proof.fields.length > 0) findings.push(unlike(proof.fields));
  const heading = [
    `Imported from ${nameOf(folder.dir)} by calispray import, which said what was dropped and what is assumed.`,
  ];
  const text = options.stack === undefined ? specText(value, heading) : stackText(value, heading);
  if (target !== undefined) write(target, text, options.force === true);

  const wrong = !proof.ok || findings.some((finding) => finding.class !== 'advice');
  if (options.json === true) {
    const answer = { ok: !wrong, file: target ?? null, same: proof.ok, cluster: value, findings };
    terminal.out(JSON.stringify(answer, null, 2));
  } else {
    const say = target === undefined ? terminal.err : terminal.out;
    if (target === undefined) terminal.out(text.trimEnd());
    for (const line of findingLines(findings)) say(line);
    for (const line of summary(value, proof, target)) say(line);
  }
  return wrong ? exitCodes.finding : exitCodes.done;
}

/** Where it goes; said before anything is read if it cannot go there. */
function targetOf({ cwd, out, stack, force }: ImportCommandOptions): string | undefined {
  if (out !== undefined && stack !== undefined) {
    throw UserError.of('two-targets', '', 'a file and a stack are named', 'Give --out FILE, or --stack NAME.');
  }
  if (stack !== undefined && !/^[A-Za-z0-9_.-]+$/.test(stack)) {
    throw UserError.of('bad-stack', '', `“${stack}” is no name of a stack`, 'Use letters, digits, hyphens and dots.');
  }
  const file = stack === undefined ? out : join(findProject(cwd).dir, `Pulumi.${stack}.yaml`);
  if (file !== undefined && existsSync(file) && force !== true) {
    throw UserError.of('file-there', '', `${nameOf(file)} is there already`, 'Give another name, or --force.');
  }
  return file;
}

/** One that came in the meantime is not overwritten; an old one is replaced as a whole. */
function write(path: string, text: string, force: boolean): void {
  const partial = `${path}.${process.pid}`;
  try {
    writeFileSync(force ? partial : path, text, { flag: force ? 'w' : 'wx' });
    if (force) renameSync(partial, path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (force) removeIfThere(partial);
    throw UserError.of('not-written', '', `${nameOf(path)} cannot be written: ${message}`, 'Name another file.');
  }
}

/** Where nothing could be written, nothing can be looked at either, and `force` alone does not keep that quiet. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What keeps it from being removed is what is said of writing it.
  }
}

/** The files as a terminal can open them. */
function inFolder(findings: readonly Finding[], dir: string): Finding[] {
  return findings.map(({ at, ...finding }) =>
    at === undefined ? finding : { ...finding, at: { ...at, file: nameOf(at.file === '' ? dir : join(dir, at.file)) } },
  );
}

function unlike(fields: readonly string[]): Finding {
  return {
    code: 'not-the-same',
    class: 'harmful',
    path: fields[0] ?? '',
    message: `rendered and imported again, ${fields.join(', ')} would be otherwise: a mistake of calispray import`,
    hint: 'Compare these fields with the inventory by hand, and report it.',
  };
}

function summary(
  value: Readonly<Record<string, unknown>>,
  proof: { ok: boolean },
  target: string | undefined,
): string[] {
  const nodes = Object.keys((value.nodes ?? {}) as object).length;
  const { extraVariables = {} } = value.kubespray as { extraVariables?: object };
  const what = `${nodes} ${nodes === 1 ? 'node' : 'nodes'}, ${Object.keys(extraVariables).length} extra variables`;
  return [
    `${target === undefined ? 'Imported' : `Written to ${nameOf(target)}`}: ${what}.`,
    proof.ok
      ? 'Rendered and imported again, it is the same cluster.'
      : 'It is no cluster yet, or not the same one when rendered and imported again: see above.',
  ];
}

/** A folder's name as that of a cluster. */
function label(text: string): string {
  const made = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  return made === '' ? 'imported' : made;
}
