import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changed, desiredOf, facts, RunnerHome } from './runner-home.ts';

/** What the state no longer asks for, and the nodes may have half of: `ensure.py settled`. */
describe('runner, after a change that was taken back', () => {
  let runner: RunnerHome;
  beforeEach(() => {
    runner = new RunnerHome();
    runner.playbook('true');
  });
  afterEach(() => runner.remove());

  const built = () => assert.equal(runner.ensure(['release']).status, 0);
  const calico = (mtu: number) => desiredOf(changed('calico', { calico_mtu: mtu }));
  const calls = () => runner.calls().slice(1);

  it('runs the same part again where it had failed half-way, though the record knows of no difference', () => {
    built();
    runner.playbook('exit 2');
    runner.lay(calico(1400));
    assert.equal(runner.ensure(['calico']).status, 1);
    runner.playbook('exit 0');
    runner.lay(calico(1440));
    assert.equal(runner.ensure(['calico']).stdout, 'carried out before, nothing to do\n');
    const unfinished = () => runner.runs().flatMap((run) => (run.unfinished === true ? [run.run.slice(0, 11)] : []));
    assert.deepEqual(unfinished(), ['0002-calico']);
    const settled = runner.settle();
    assert.equal(settled.status, 0);
    assert.match(
      settled.stdout,
      /^run 0002-calico-\w+ did not end well, and the stack is as it was before it: carrying that back\nrun 0003-calico-/,
    );
    assert.deepEqual([calls(), unfinished()], [['calico.yml', 'calico.yml'], []]);
    assert.equal(runner.settle().stdout, '', 'and only once');
    assert.equal(calls().length, 2);
  });

  it('waits for the run that nobody follows any more, and takes back what it did', async () => {
    built();
    runner.playbook('i=0; while [ ! -e "$HOME/go" ] && [ $i -lt 600 ]; do i=$((i+1)); sleep 0.05; done');
    runner.lay(calico(1400));
    const left = runner.begin(['calico']);
    await runner.until(() => calls().length === 1, 'the run');
    process.kill(-(left.child.pid as number), 'SIGKILL');
    runner.lay(calico(1440));
    const settled = runner.beginSettle();
    await runner.until(() => /waiting for 0002-calico/.test(settled.said()), 'the wait');
    writeFileSync(join(runner.home, 'go'), '');
    assert.equal((await settled.ended).status, 0);
    assert.deepEqual(calls(), ['calico.yml', 'calico.yml']);
    assert.equal(runner.record().calico?.calico_mtu, 1440);
  });

  it('leaves alone what a later run has made good', () => {
    built();
    runner.playbook('exit 2');
    runner.lay(calico(1400));
    runner.ensure(['calico']);
    runner.playbook('exit 0');
    runner.lay(desiredOf(changed('settings', { kube_proxy_mode: 'nftables' })));
    assert.equal(runner.ensure(['settings']).status, 0);
    runner.settle();
    assert.deepEqual(calls(), ['calico.yml', 'converge.yml']);
  });

  it('goes back from no half-made upgrade, and says so', () => {
    built();
    runner.playbook('exit 2');
    runner.lay(desiredOf({ ...facts, release: { ...facts.release, kubernetes: '1.35.5' } }));
    assert.equal(runner.ensure(['release']).status, 1);
    runner.lay(desiredOf(facts));
    const settled = runner.settle();
    assert.equal(settled.status, 1);
    assert.match(settled.stderr, /0002-upgrade-\w+ did not end well.*Declare it again/s);
  });

  it('has nothing to do where nothing was ever laid', () => {
    rmSync(runner.at('desired.json'));
    const { status, stdout } = runner.settle();
    assert.deepEqual([status, stdout, runner.calls()], [0, '', []]);
  });
});
