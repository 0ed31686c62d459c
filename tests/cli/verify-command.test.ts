import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verification, VerifyEvent, VerifyPlan } from '../../kubespray/verify/index.ts';
import { ShellNode } from '../support/shell-node.ts';

const end: VerifyEvent = { event: 'end', ok: true, seconds: 1.5, left: [] };
const echoed = (...events: readonly object[]) => events.map((event) => `echo '${JSON.stringify(event)}'`).join('\n');

/** The command against a controller on loopback, whose python3 is a script of the test's: what it is told, it keeps. */
describe('calispray verify', function () {
  this.timeout(60_000);
  const node = new ShellNode();
  const bin = join(node.dir, 'bin');
  const path = process.env.PATH;

  before(async () => {
    await node.start();
    mkdirSync(bin);
  });
  after(() => {
    process.env.PATH = path;
    node.stop();
  });
  afterEach(() => {
    process.env.PATH = path;
    rmSync(join(bin, 'python3'), { force: true });
  });

  /** From here on the controller's python3 is this, once it has the line on its standard input. */
  function python(script: string): void {
    writeFileSync(join(bin, 'python3'), `#!/bin/sh\nhead -n 1 > "$HOME/given"\n${script}\n`);
    chmodSync(join(bin, 'python3'), 0o755);
    process.env.PATH = `${bin}:${path}`;
  }
  const given = () => (JSON.parse(readFileSync(join(node.home, 'given'), 'utf8')) as { plan: VerifyPlan }).plan;
  const verify = (...words: string[]) => node.calispray('verify', '--stack', 'dev', ...words);

  it('says what is missing where no `up` laid anything', async () => {
    const { code, out } = await verify('--json');
    const { ok, findings } = JSON.parse(out);
    assert.deepEqual([code, ok, findings[0].code, findings[0].path], [1, false, 'not-verified', 'nodes.masternode']);
    assert.match(findings[0].message, /desired\.json is not on the controller: run `up`/);
  });

  it('carries out what is asked for alone, and shows it as a table and as JUnit', async () => {
    const checks = ['routes/masternode', 'dns-udp', 'dns-tcp'];
    const ids = checks.slice(1);
    python(echoed(...ids.map((id) => ({ event: 'check', id, outcome: 'passed', seen: 'so', seconds: 0.1 })), end));
    const junit = join(node.dir, 'report.xml');
    const { code, out, err } = await verify('--only', 'dns-udp', 'dns-tcp', '--junit', junit);
    assert.equal(code, 0, err);
    assert.deepEqual(
      given().checks.map(({ id }) => id),
      ids,
    );
    assert.match(out, /^✓ dns-udp +so$/m);
    assert.match(out, /^2 checks passed in 1\.5 s\.$/m);
    assert.match(readFileSync(junit, 'utf8'), /<testsuites name="calispray verify vmstation" tests="2" failures="0"/);
  });

  it('ends with 1 where a required check failed, or was never told of', async () => {
    python(echoed({ event: 'check', id: 'dns-udp', outcome: 'failed', seen: 'silence', seconds: 1 }, end));
    const { code, out } = await verify('--only', 'dns-udp', 'dns-tcp', '--json');
    const { ok, checks } = JSON.parse(out) as Verification;
    assert.deepEqual([code, ok, checks.map(({ outcome }) => outcome)], [1, false, ['failed', 'failed']]);
    assert.deepEqual(
      checks.map(({ seen }) => seen),
      ['silence', 'the verification ended before it came to this'],
    );
  });

  it('takes a verification that breaks off for none', async () => {
    python(`${echoed({ event: 'step', text: 'Connecting.' })}\necho 'no space left on device' >&2\nexit 1`);
    const { code, err } = await verify();
    assert.equal(code, 1);
    assert.match(err, /Connecting …/);
    assert.match(err, /refused not-verified at nodes\.masternode: .*no space left on device/);
    assert.doesNotMatch(err, /\n\s+at /);
  });

  it('is ended by Ctrl-C: what is at work over there is told, and its end is waited for', async () => {
    const last = { ...end, ok: false, left: ['kubectl delete namespace calispray-verify-1'] };
    python(
      `trap '${echoed(last).replaceAll("'", `'"'"'`)}; exit 1' INT\n${echoed({ event: 'step', text: 'At work.' })}\nwhile :; do sleep 0.05; done`,
    );
    const child = node.child(['verify', '--stack', 'dev', '--only', 'service']);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        said += chunk;
        if (/At work …\n$/.test(said)) child.kill('SIGINT');
      });
    const [code] = await once(child, 'close');
    assert.equal(code, 130, said);
    assert.match(said, /Ending, and taking away what was made …/);
    assert.match(said, /Could not be taken away:\n {2}kubectl delete namespace calispray-verify-1/);
    assert.match(node.told.at(-1) ?? '', /^kill -INT \d+$/);
  });

  it('asks nobody about a check that there is none of', async () => {
    node.told.length = 0;
    const { code, err } = await verify('--only', 'servcie', 'nothing-of-ours');
    assert.equal(code, 1);
    assert.match(err, /no check “servcie” of this cluster\n +→ Did you mean service\?/);
    assert.match(err, /no check “nothing-of-ours”.*\n +→ The checks are nodes-ready, components-ready/);
    assert.deepEqual(node.told, []);
  });

  it('says where a report cannot be written, before anybody is asked', async () => {
    python(echoed(end));
    const before = node.told.length;
    const { code, err } = await verify('--only', 'service', '--junit', join(node.dir, 'nowhere/report.xml'));
    assert.equal(code, 1);
    assert.match(err, /refused unwritable: .*nowhere\/report\.xml cannot be written/);
    assert.equal(node.told.length, before);
  });
});
