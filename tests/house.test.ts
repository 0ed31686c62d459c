import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(...argv: [string, ...string[]]): string {
  const [program, ...args] = argv;
  const done = spawnSync(process.execPath, [`node_modules/${program}`, ...args], { cwd: root, encoding: 'utf8' });
  return done.status === 0 ? '' : `${done.stdout}${done.stderr}`;
}

/** Every import of a room, written `room/file.ts -> package` or `room/file.ts -> ./other/file.ts`, as seen from the root. */
function imports(rooms: string): string[] {
  return globSync(`${rooms}/**/*.ts`, { cwd: root }).flatMap((file) =>
    [...readFileSync(`${root}/${file}`, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
      ([, specifier = '']) =>
        `${file} -> ${specifier.startsWith('.') ? `./${posix.join(posix.dirname(file), specifier)}` : specifier}`,
    ),
  );
}

describe('the house', () => {
  it('has types that hold', () => {
    // It keeps what it found of files that stayed as they are: a fifth of the work the next time.
    const kept = ['--incremental', '--tsBuildInfoFile', '.calispray/types.tsbuildinfo'];
    assert.equal(run('typescript/bin/tsc', '--noEmit', ...kept), '');
  }).timeout(300_000);

  it('is written in one style', () => {
    assert.equal(run('@biomejs/biome/bin/biome', 'check', '.'), '');
  }).timeout(120_000);

  it('keeps Pulumi and I/O out of the pure rooms', () => {
    const found = imports('{cluster,kubespray,policies/rules,policies/objects,reachability}');
    assert.ok(found.length > 20, 'the rooms were found');
    assert.deepEqual(
      found.filter((line) => /-> (@pulumi\/|node:|ssh2|@kubernetes\/)/.test(line)),
      [],
    );
  });

  it('lets arrows point downwards only', () => {
    const upwards: [string, RegExp][] = [
      ['cluster', /-> \.\/(?!cluster\/)/],
      ['reachability', /-> \.\/(?!(reachability|cluster)\/)/],
      ['kubespray', /-> \.\/(components|cli|lab|setup|resources)\//],
      ['policies', /-> \.\/(components|cli|lab|setup|resources)\//],
      ['components', /-> \.\/(cli|lab|setup)\//],
      ['resources', /-> \.\/(components|cli|lab|setup|kubespray|policies)\//],
    ];
    const wrong = upwards.flatMap(([room, pattern]) => imports(room).filter((line) => pattern.test(line)));
    assert.deepEqual(wrong, []);
    assert.ok(
      imports('policies').some((line) => line.includes('-> ./cluster/')),
      'imports are read as they are written',
    );
  });
});
