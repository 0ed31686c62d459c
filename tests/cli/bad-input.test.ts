import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { findProject, packageDir, readStack, specIn, specOf } from '../../cli/project.ts';
import { readYamlFile } from '../../cli/read.ts';
import { formatFinding, UserError } from '../../cluster/finding.ts';

/** The dev stack's cluster as a file of its own. */
const spec = stringify(parse(readFileSync(join(packageDir, 'Pulumi.dev.yaml'), 'utf8')).config['calispray:cluster']);

describe('bad input', () => {
  let dir: string;
  let file: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-bad-'));
    file = join(dir, 'spec.yaml');
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  /** The findings of a file with these contents: `code path line`. None where it is a cluster. */
  async function findings(contents: string | Uint8Array): Promise<string[]> {
    writeFileSync(file, contents);
    try {
      await specIn(file);
      return [];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      assert.ok(error.findings.length > 0);
      return error.findings.map(({ code, path, at }) => `${code} ${path} ${at?.line ?? '-'}`);
    }
  }

  it('in one field has its line', async () => {
    const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length;
    const typed = spec.replace('blockSize:', 'blokSize:').replace('192.168.4.62', 'homelab.local');
    assert.deepEqual((await findings(typed)).sort(), [
      `bad-address nodes.homelab.address ${lineOf(typed, 'homelab.local')}`,
      `unknown-key network.pool.blokSize ${lineOf(typed, 'blokSize')}`,
    ]);
    assert.deepEqual(await findings(spec.replace(/^ {2}nodes: .*\n/m, '')), [
      `missing-field network.nodes ${lineOf(spec, 'network:')}`,
    ]);
  });

  it('that is no text in UTF-8 names the byte', async () => {
    const bytes = Buffer.from(spec);
    bytes[bytes.indexOf('homelab')] = 0xe9;
    const at = bytes.indexOf(0xe9);
    const line = bytes.subarray(0, at).toString().split('\n').length;
    assert.deepEqual(await findings(bytes), [`not-utf8  ${line}`]);
    assert.deepEqual(await findings(Buffer.from(`\ufeff${spec}`, 'utf16le')), ['not-utf8  1']);
    assert.deepEqual(await findings(Buffer.from(`\ufeff${spec}`)), [], 'a byte order mark is none of the text');
  });

  it('that is no file, or too large, is said at once', async () => {
    const pipe = join(dir, 'pipe');
    assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
    mkdirSync(join(dir, 'folder'));
    const large = join(dir, 'large.yaml');
    writeFileSync(large, Buffer.alloc(8 * 1024 * 1024 + 1, '#'));
    const code = (path: string) => {
      try {
        return readYamlFile(path).text;
      } catch (error) {
        if (error instanceof UserError) return error.findings[0]?.code;
        throw error;
      }
    };
    assert.deepEqual(
      [pipe, join(dir, 'folder'), '/dev/zero', large, join(dir, 'none'), join(large, 'x'), 'a\0b'].map(code),
      ['not-a-file', 'not-a-file', 'not-a-file', 'too-large', 'no-such-file', 'no-such-file', 'unreadable'],
    );
    writeFileSync(large, Buffer.alloc(8 * 1024 * 1024, '#'));
    assert.equal(code(large), 'empty-file', 'at the bound it is read');
  });

  it('of a stack has the line of the stack file, and a secret of another key does not matter', async () => {
    const text = readFileSync(join(packageDir, 'Pulumi.dev.yaml'), 'utf8').replace('blockSize:', 'blokSize:');
    writeFileSync(join(dir, 'Pulumi.yaml'), 'name: calispray\n');
    const write = (stack: string) => writeFileSync(join(dir, 'Pulumi.dev.yaml'), stack);
    const read = async () => specOf(findProject(dir), readStack(findProject(dir), 'dev'));
    write(text);
    const line = text.slice(0, text.indexOf('blokSize')).split('\n').length;
    await assert.rejects(read, (error) => {
      assert.ok(error instanceof UserError);
      assert.match(
        formatFinding(error.findings[0] as never),
        new RegExp(`network\\.pool\\.blokSize \\(.*Pulumi\\.dev\\.yaml:${line}\\)`),
      );
      return true;
    });
    const secret = '  app:token:\n    secure: v1:6Rs0p0wGuGGSTxvY:Zm9vYmFyYmF6\n';
    write(
      `encryptionsalt: v1:abc=\n${text.replace('blokSize:', 'blockSize:').replace('config:\n', `config:\n${secret}`)}`,
    );
    assert.equal((await read())?.cluster.name, 'vmstation');
  });

  it('with a wrong type at any field is a finding at that field or inside of it, with its line', async () => {
    const fields: (string | number)[][] = [];
    const walk = (value: unknown, path: (string | number)[]) => {
      if (path.length > 0) fields.push(path);
      if (typeof value !== 'object' || value === null) return;
      for (const [key, item] of Object.entries(value)) walk(item, [...path, Array.isArray(value) ? Number(key) : key]);
    };
    const whole = parse(spec);
    walk(whole, []);
    assert.ok(fields.length > 50);
    const wrong: unknown[] = [null, true, -0.5, 'x\u00e9 y', [[]], {}, { constructor: 1, toString: { valueOf: 2 } }];
    for (const path of fields) {
      for (const value of wrong) {
        const copy = structuredClone(whole);
        const last = path.at(-1) as string;
        path.slice(0, -1).reduce((inside, key) => inside[key], copy)[last] = value;
        for (const line of await findings(JSON.stringify(copy, null, 1))) assert.match(line, /^[a-z-]+ .*\d+$/);
      }
    }
  });

  it('of any kind is a finding, never a stack trace', async () => {
    const mutated = fc
      .tuple(
        fc.nat(spec.length),
        fc.nat(40),
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 10 }),
          fc.constantFrom('&a ', '*a', '\n', '\t', '[', '{', ': ', '- ', '0', '~', '"'),
        ),
      )
      .map(([at, cut, put]) => spec.slice(0, at) + put + spec.slice(at + cut));
    const any = fc.oneof(
      { weight: 3, arbitrary: mutated },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
      { weight: 1, arbitrary: fc.string({ maxLength: 200 }) },
      { weight: 1, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
    );
    await fc.assert(
      fc.asyncProperty(any, async (contents) => void (await findings(contents))),
      { numRuns: 400 },
    );
  });

  it('that is a typing error does not hide what the rules find elsewhere', () => {
    const check = (text: string) => {
      writeFileSync(file, text);
      const { status, stdout } = spawnSync(
        process.execPath,
        [join(packageDir, 'cli/bin.js'), 'check', '--json', '--spec', file],
        { encoding: 'utf8' },
      );
      const found = JSON.parse(stdout).findings as { code: string; at: { file: string; line: number } }[];
      return [
        status,
        found.filter(({ code }) => code !== 'host-key-missing').map(({ code, at }) => `${code} ${at.line}`),
      ];
    };
    const line = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length;
    const mtu = spec.replace(/^( *)mtu: .*$/m, '$1mtu: 1500');
    assert.deepEqual(check(mtu), [1, [`mtu-above-encapsulation ${line(mtu, 'mtu: 1500')}`]]);
    const inFelix = mtu.replace(/^felix:\n/m, 'felix:\n  loggSeverity: info\n');
    assert.notEqual(inFelix, mtu);
    assert.deepEqual(check(inFelix), [
      1,
      [`unknown-key ${line(inFelix, 'loggSeverity')}`, `mtu-above-encapsulation ${line(inFelix, 'mtu: 1500')}`],
    ]);
    const inNetwork = mtu.replace('mtu: 1500', 'mtu: 1500\n  interfaceMut: 9000');
    assert.deepEqual(check(inNetwork), [1, [`unknown-key ${line(inNetwork, 'interfaceMut')}`]], 'it may be 9000');
  });

  it('ends the command with 1, the place and no stack trace', () => {
    writeFileSync(file, 'apiVersion: calispray/v1\nname: x\nname: y\n');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(packageDir, 'cli/bin.js'), 'check', '--spec', file],
      { encoding: 'utf8' },
    );
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(
      stderr,
      /^refused duplicate-key at name \(.*spec\.yaml:3\): the key “name” is there twice \(line 2\)\n {2}→ .*\n$/,
    );
  });
});
