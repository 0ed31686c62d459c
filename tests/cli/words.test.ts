import assert from 'node:assert/strict';
import { commandSaid, gist } from '../../cli/engine/words.ts';

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

  it('stay as they are where no command failed', () => {
    const other = 'configured Kubernetes cluster is unreachable: connection refused\nmore';
    assert.equal(commandSaid(other), other);
    assert.equal(gist(other), 'configured Kubernetes cluster is unreachable: connection refused');
  });
});
