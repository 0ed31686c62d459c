import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureTools } from '../../setup/index.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

interface Ran {
  code: number | null;
  out: string;
  err: string;
  text: string;
}

interface Running {
  child: ChildProcess;
  /** What it printed until now. */
  text: () => string;
  ended: Promise<Ran>;
}

/** The real command with the real engine and policy pack, on a small program that needs no provider of ours and no lab. */
describe('the engine behind the command', function () {
  this.timeout(180_000);
  let tools: string;
  let dir: string;

  before(async () => {
    // The program's one plugin is the SDK's own for dynamic resources; the official providers are not asked for.
    tools = JSON.stringify({ ...(await ensureTools(['engine'])), bin: here('./engine/bin'), providers: 'official' });
  });
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'calispray-engine-'));
    writeFileSync(join(dir, 'Pulumi.yaml'), `name: small\nruntime: nodejs\nmain: ${here('./engine/program.ts')}\n`);
    declare({ mtu: 1500 });
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const mark = () => join(dir, 'mark');
  /** What the resource waits for, where a test declares it: it is made when all has been seen that shall be. */
  const go = () => join(dir, 'go');
  const marks = () => (existsSync(mark()) ? readFileSync(mark(), 'utf8').trim().split('\n') : []);
  const stateFile = () => join(dir, 'state/backend/.pulumi/stacks/small/small.json');
  const state = () => readFileSync(stateFile(), 'utf8');
  const locks = () => filesBelow(join(dir, 'state/backend/.pulumi/locks')).filter((file) => file.endsWith('.json'));

  function declare(config: Record<string, string | number>): void {
    const lines = Object.entries(config).map(([key, value]) => `  test:${key}: ${JSON.stringify(value)}\n`);
    writeFileSync(join(dir, 'Pulumi.small.yaml'), `config:\n${lines.join('')}`);
  }

  function start(words: string[], env: Record<string, string> = {}): Running {
    const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE, ...inherited } = process.env;
    const child = spawn(process.execPath, [here('../../cli/main.ts'), '-C', dir, ...words, '--stack', 'small'], {
      env: {
        ...inherited,
        CALISPRAY_STATE: join(dir, 'state'),
        PULUMI_HOME: join(dir, 'home'),
        CALISPRAY_TOOLS: tools,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own group, as a shell gives every command: a Ctrl-C goes to all of it.
      detached: true,
    });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (said.out += chunk));
    child.stderr.on('data', (chunk) => (said.err += chunk));
    const ended = once(child, 'close').then(([code]) => ({ code, ...said, text: said.out + said.err }) as Ran);
    return { child, text: () => said.out + said.err, ended };
  }
  const run = (words: string[], env: Record<string, string> = {}) => start(words, env).ended;

  async function until(what: string, reached: () => boolean, running: Running): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      if (reached()) return;
      assert.equal(running.child.exitCode, null, `it ended before ${what}:\n${running.text()}`);
      await sleep(100);
    }
    assert.fail(`not within 60 s: ${what}\n${running.text()}`);
  }

  it('stops on a violation with nothing touched, in a program that is not ours', async () => {
    declare({ mtu: 1600, mark: mark() });
    const refused = await run(['up']);
    assert.equal(refused.code, 1, refused.text);
    assert.match(refused.out, /mtu-above-encapsulation at .*1600 is more than/);
    assert.match(refused.out, /1 violation: nothing was touched/);
    assert.deepEqual(marks(), []);
    assert.doesNotMatch(state(), /urn:pulumi/);
    const json = await run(['preview', '--json']);
    assert.equal(json.code, 1);
    const document = JSON.parse(json.out);
    assert.equal(document.ok, false);
    assert.equal(document.violations[0].finding.code, 'mtu-above-encapsulation');
  });

  it('carries out, and then has nothing to do and writes nothing', async () => {
    declare({ mtu: 1500, mark: mark() });
    const first = await run(['up']);
    assert.equal(first.code, 0, first.text);
    assert.match(first.out, /3 created/);
    assert.match(first.out, /mtu: 1500/);
    const before = state();
    const second = await run(['up']);
    assert.equal(second.code, 0, second.text);
    assert.match(second.out, /no change, 3 unchanged/);
    assert.equal(state(), before);
    assert.deepEqual(marks(), ['begun', 'ended']);
    assert.ok(!readFileSync(join(dir, 'Pulumi.small.yaml'), 'utf8').includes('encryptionsalt'));

    declare({ mtu: 1400, mark: mark() });
    const changed = await run(['up', '--json']);
    assert.equal(changed.code, 0, changed.text);
    const document = JSON.parse(changed.out);
    assert.deepEqual([document.ok, document.touched, document.outputs.mtu], [true, true, 1400]);
    const down = await run(['down', '--yes']);
    assert.equal(down.code, 0, down.text);
    assert.doesNotMatch(state(), /urn:pulumi/);
  });

  it('lifts the lock of a process that is gone', async () => {
    await run(['preview']);
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const folder = join(dir, 'state/backend/.pulumi/locks/organization/small/small');
    mkdirSync(folder, { recursive: true });
    const lock = {
      pid: gone,
      username: userInfo().username,
      hostname: hostname(),
      timestamp: new Date().toISOString(),
    };
    writeFileSync(join(folder, 'dead.json'), JSON.stringify(lock));
    const up = await run(['up']);
    assert.equal(up.code, 0, up.text);
    assert.match(up.out, new RegExp(`Lifting the lock of .*process ${gone}`));
    assert.deepEqual(locks(), []);
    writeFileSync(join(folder, 'dead.json'), JSON.stringify(lock));
    const unlock = await run(['unlock']);
    assert.deepEqual([unlock.code, locks()], [0, []], unlock.text);
    assert.match(unlock.out, new RegExp(`Lifted: .*process ${gone}`));
  });

  it('names whoever holds a lock and is at work, and the way to lift it', async () => {
    declare({ mtu: 1500, mark: mark(), go: go() });
    const first = start(['up']);
    await until('the resource was begun', () => marks().includes('begun'), first);
    const second = await run(['up']);
    assert.equal(second.code, 1, second.text);
    assert.match(second.err, /locked: .*process \d+, since .*at work\n.*npx calispray unlock --stack small/);
    const unlock = await run(['unlock']);
    assert.equal(unlock.code, 1, unlock.text);
    assert.match(unlock.err, /lock-alive/);
    assert.equal(locks().length, 1);
    writeFileSync(go(), '');
    const done = await first.ended;
    assert.equal(done.code, 0, done.text);
    assert.deepEqual(marks(), ['begun', 'ended']);
  });

  it('hands Ctrl-C to the engine once and waits for it: no lock is left and nothing is lost', async () => {
    declare({ mtu: 1500, mark: mark(), go: go() });
    const running = start(['up']);
    await until('the resource was begun', () => marks().includes('begun'), running);
    const group = -(running.child.pid as number);
    process.kill(group, 'SIGINT');
    await until('it said so', () => /Stopping/.test(running.text()), running);
    process.kill(group, 'SIGINT');
    await until('it said so again', () => /Still waiting/.test(running.text()), running);
    writeFileSync(go(), '');
    const ended = await running.ended;
    assert.equal(ended.code, 130, ended.text);
    assert.deepEqual(marks(), ['begun', 'ended']);
    assert.deepEqual(locks(), []);
    const again = await run(['up']);
    assert.equal(again.code, 0, again.text);
    assert.deepEqual(marks(), ['begun', 'ended'], 'what was carried out is in the state and is not done again');
  });

  it('picks up a run that was killed', async () => {
    declare({ mtu: 1500, mark: mark(), go: go() });
    const killed = start(['up']);
    await until('the resource was begun', () => marks().includes('begun'), killed);
    killed.child.kill('SIGKILL');
    await killed.ended;
    writeFileSync(go(), '');
    const again = await run(['up']);
    assert.equal(again.code, 0, again.text);
    assert.match(again.text, /a killed run left off while creating/);
    assert.deepEqual(locks(), []);
    assert.equal(marks().at(-1), 'ended');
  });

  it('leaves no pack and no plugin behind when the engine itself is killed', async () => {
    declare({ mtu: 1500, mark: mark(), seconds: 3 });
    const begun = start(['up']);
    await until('the resource was begun', () => marks().includes('begun'), begun);
    const family = descendants(begun.child.pid as number);
    const engine = family.find(({ name }) => name === 'pulumi');
    assert.ok(engine !== undefined && family.length > 2, JSON.stringify(family));
    process.kill(engine.pid, 'SIGKILL');
    const { code, text } = await begun.ended;
    assert.equal(code, 1, text);
    assert.match(text, /ended without a word/);
    const left = () => family.filter(({ pid, name }) => processName(pid) === name);
    for (let tries = 0; tries < 100 && left().length > 0; tries++) await new Promise((wake) => setTimeout(wake, 50));
    assert.deepEqual(left(), []);
  });

  it('ends with the calispray that started it for itself', async () => {
    // As if that one, process 1 here, had been killed: this one's parent is another.
    const orphan = await run(['preview'], { CALISPRAY_PARENT: '1' });
    assert.equal(orphan.code, 137, orphan.text);
  });

  it('prints no secret and keeps none in clear', async () => {
    const planted = 'planted-secret-0123456789';
    declare({ mtu: 1500, mark: mark() });
    const env = { CALISPRAY_TEST_SECRET: planted };
    const said: Ran[] = [];
    for (const words of [['preview', '--json'], ['up'], ['up', '--json'], ['refresh']])
      said.push(await run(words, env));
    for (const { code, text } of said) {
      assert.equal(code, 0, text);
      assert.ok(!text.includes(planted), text);
    }
    const kept = filesBelow(join(dir, 'state')).filter((file) => readFileSync(file).includes(planted));
    assert.deepEqual(kept, []);
    assert.match(state(), /ciphertext/);
  });

  it('says what is wrong with a passphrase', async () => {
    await run(['up']);
    const wrong = await run(['up'], { PULUMI_CONFIG_PASSPHRASE: 'not the right one' });
    assert.equal(wrong.code, 1, wrong.text);
    assert.match(
      wrong.err,
      /wrong-passphrase: stack small .* another passphrase than the one in PULUMI_CONFIG_PASSPHRASE/,
    );
    const none = await run(['up'], { PULUMI_BACKEND_URL: `file://${dir}/theirs` });
    assert.equal(none.code, 1, none.text);
    assert.match(none.err, /no-passphrase/);
    const theirs = { PULUMI_BACKEND_URL: `file://${dir}/theirs`, PULUMI_CONFIG_PASSPHRASE: 'theirs' };
    assert.equal((await run(['up'], theirs)).code, 0);
    assert.ok(existsSync(join(dir, 'theirs/.pulumi/stacks/small/small.json')));
  });

  it("tells a user's mistake in the program from a bug of it", async () => {
    declare({ mtu: 1500, mistake: 'user' });
    const mistake = await run(['up']);
    assert.equal(mistake.code, 1, mistake.text);
    assert.match(mistake.err, /refused planted-mistake at a\.b: it is wrong\n {2}→ mend it/);
    assert.doesNotMatch(mistake.text, /\n\s+at /);
    declare({ mtu: 1500, mistake: 'bug' });
    const bug = await run(['preview']);
    assert.equal(bug.code, 70, bug.text);
    assert.match(bug.text, /planted bug/);
    assert.match(bug.text, /program\.ts:\d+/);
  });
});

function filesBelow(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function processName(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Every process that `pid` started, by whichever of its threads, and those that they started. */
function descendants(pid: number): { pid: number; name: string }[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  );
  return children.flatMap((child) => [{ pid: child, name: processName(child) ?? '' }, ...descendants(child)]);
}
