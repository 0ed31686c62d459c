import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as pulumi from '@pulumi/pulumi';
import { parse } from 'yaml';
import { declaredObjects } from '../cluster/declared.ts';
import { formatFinding, type Manifests, parseCluster, policyObjects } from '../cluster/index.ts';
import { inline } from '../cluster/inline.ts';
import { KINDS } from '../cluster/policies/kinds.ts';
import { judgeExpectations } from '../reachability/expect/index.ts';
import { resourcesIn } from '../reachability/index.ts';
import { validateResource } from '../reachability/validate/index.ts';
import { type Declared, HOST_KEY, noteDeclared } from './support/declared.ts';
import { clusterOf, stackCluster } from './support/stacks.ts';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'docs/policies.md'), 'utf8');

function fenced(language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code);
}

/** The reference cluster, of which an example replaces the sections that it shows. */
const { policies: _, workloads: __, expect: ___, ...plain } = stackCluster('dev');

const [manifest = '', ...others] = fenced('yaml').filter((code) => code.startsWith('apiVersion:'));
const stacks = fenced('yaml').filter((code) => code !== manifest);

/** What the examples point to: the manifest that the page shows, and a folder with what that one refers to. */
const manifests: Manifests = {
  'manifests/production.yaml': manifest,
  'manifests/platform/office.json': JSON.stringify({
    apiVersion: 'projectcalico.org/v3',
    kind: 'GlobalNetworkSet',
    metadata: { name: 'office', labels: { role: 'office' } },
    spec: { nets: ['198.51.100.0/24'] },
  }),
};

describe('docs/policies.md', () => {
  it('has an example of every section, and names every kind', () => {
    const used = new Set(stacks.flatMap((code) => Object.keys(parse(code).policies)));
    const known = Object.keys(clusterOf({ ...plain, policies: { allowClusterInternal: {} } }).policies);
    const shown = (field: string) => used.has(field) || text.includes(`\`${field}: {}\``);
    assert.deepEqual(
      known.filter((field) => !shown(field)),
      [],
    );
    assert.deepEqual(others, []);
    const kinds = Object.keys(KINDS).filter((kind) => !kind.startsWith('Staged'));
    assert.deepEqual(
      kinds.filter((kind) => !text.includes(kind)),
      [],
    );
  });

  for (const [i, code] of stacks.entries()) {
    it(`has YAML that is right: number ${i + 1}, of ${Object.keys(parse(code).policies).join(', ')}`, () => {
      const parsed = parseCluster({ ...plain, ...parse(code) }, { manifests });
      assert.ok(parsed.ok, parsed.ok ? '' : parsed.findings.map(formatFinding).join('\n'));
      const { cluster } = parsed;
      for (const object of policyObjects(cluster)) {
        assert.deepEqual(validateResource(object).errors, [], inline(object));
      }
      const failures = judgeExpectations(resourcesIn(declaredObjects(cluster)) ?? [], cluster.expect);
      assert.deepEqual(
        failures.map(({ words }) => words),
        [],
      );
    });
  }

  it('leads to headings and files that are there', () => {
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [, target = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
      if (target.startsWith('#')) assert.ok(headings.includes(target.slice(1)), target);
      else assert.ok(readFileSync(join(root, 'docs', target.split('#')[0] as string), 'utf8') !== '', target);
    }
  });

  it('says of the words what the parser takes', () => {
    const rows = [...text.matchAll(/^\| `([a-z-]+)` \| .+ \| (`.+) \|$/gm)];
    const words = rows.map(([, word = '']) => word);
    assert.deepEqual(words.sort(), ['anyone', 'dns', 'internet', 'other-nodes', 'others', 'own-node']);
    for (const [, word = '', where = ''] of rows) {
      const takes = (expectation: object) => parseCluster({ ...plain, expect: [expectation] }).ok;
      const end = { namespace: 'default' };
      assert.equal(
        takes({ allow: { from: word, to: end } }),
        where.includes('`from`') && !where.includes('deny'),
        word,
      );
      assert.equal(takes({ deny: { from: word, to: end } }), where.includes('`from`'), word);
      assert.equal(takes({ deny: { from: end, to: word } }), where.includes('`to`'), word);
    }
  });

  describe('has a program', () => {
    let dir: string;
    let declared: Declared[];
    beforeEach(() => {
      dir = mkdtempSync(join(root, 'tests/.docs-'));
      writeFileSync(join(dir, 'id'), 'PLANTED-PRIVATE-KEY\n');
      writeFileSync(join(dir, 'known_hosts'), `192.168.4.63,192.168.4.61,192.168.4.62 ${HOST_KEY}\n`);
      declared = noteDeclared();
    });
    afterEach(() => {
      pulumi.runtime.setAllConfig({});
      rmSync(dir, { recursive: true, force: true });
    });

    it('that declares what it says', async () => {
      const [code = '', ...more] = fenced('ts');
      assert.deepEqual(more, []);
      const file = join(dir, 'program.ts');
      writeFileSync(file, code.replaceAll("'./", "'../../"));
      const value = {
        ...plain,
        ssh: { user: 'root', key: join(dir, 'id'), knownHosts: join(dir, 'known_hosts') },
        policies: { namespaces: ['team-a'] },
      };
      pulumi.runtime.setAllConfig({ 'calispray:cluster': JSON.stringify(value) });
      const { default: program } = await import(pathToFileURL(file).href);
      await program();
      await pulumi.runtime.disconnect();
      const names = declared
        .filter(({ type }) => /NetworkPolicy$|NetworkSet$/.test(type))
        .map(({ inputs }) => (inputs.metadata as { name: string; namespace?: string }).name);
      assert.deepEqual(names.sort(), ['allow-dns', 'default-deny', 'office']);
    });
  });
});
