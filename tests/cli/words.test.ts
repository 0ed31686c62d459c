import assert from 'node:assert/strict';
import { commandSaid, gist, untold } from '../../cli/engine/words.ts';

describe('the words of a failed remote command', () => {
  const text = `CLUSTER='lab'\nsay "it's \\"quoted\\"": running "x":\n`;
  const failure = (output: string) => `Process exited with status 1: running ${JSON.stringify(text)}:\n${output}`;

  it('are how it ended and what it printed, without the script', () => {
    assert.equal(
      commandSaid(failure('first\nkubectl is missing\n')),
      'the remote command failed (Process exited with status 1)\nfirst\nkubectl is missing',
    );
  });

  it('are no more than the last lines of a long output', () => {
    const said = commandSaid(failure(Array.from({ length: 500 }, (_, i) => `line ${i}`).join('\n')));
    assert.equal(said.split('\n').length, 13);
    assert.equal(gist(said), 'line 499');
  });

  it('of a run come down to the host, the task and what was said, wherever they stand', () => {
    const run = (...lines: string[]) =>
      gist(commandSaid(failure(['run 0003-calico-129aeecb: node1', 'play: Gather facts', ...lines].join('\n'))));
    const tail = [
      'The log is /root/.calispray/lab/runs/0003/log on the controller.',
      'Mend the cause and run `up` again: …',
    ];
    assert.equal(
      run('node1 failed, task Calico | check:', 'the pool differs', 'in its range', ...tail),
      'node1 failed, task Calico | check: the pool differs',
    );
    assert.equal(run('the run was stopped after 90 minutes', ...tail), 'the run was stopped after 90 minutes');
    assert.equal(run('something else'), 'something else');
  });

  it('are told once, though the failure has what was printed on the way again', () => {
    const said = commandSaid(failure('play: Gather facts\nnode1 failed\n'));
    const told = new Set(['play: Gather facts']);
    assert.deepEqual(untold(said, told).split('\n').slice(1), ['node1 failed']);
    assert.equal(untold('play: Gather facts', told), 'play: Gather facts');
  });

  it('are what failed of a verification, without its lines for programs', () => {
    const events = ['step', 'check', 'end'].map((event) => JSON.stringify({ event, id: 'routes/a', ok: false }));
    const words = ['✗ a has a route to the pods of every other node.', '    seen      none to 10.244.1.0/26'];
    const many = Array.from({ length: 40 }, () => words).flat();
    const said = commandSaid(failure([...events, ...many].join('\n')));
    assert.deepEqual(said.split('\n').slice(1), many);
    assert.equal(gist(said), 'not everything that was carried out is proved to work');
    assert.equal(untold(said, new Set(many)), 'not everything that was carried out is proved to work');
  });

  it('stay as they are where no command failed', () => {
    const other = 'configured Kubernetes cluster is unreachable: connection refused\nmore';
    assert.equal(commandSaid(other), other);
    assert.equal(gist(other), 'configured Kubernetes cluster is unreachable: connection refused');
  });
});
