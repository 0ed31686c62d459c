/** Python files of lab/kubespray, run without Ansible and without a node. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const kubespray = fileURLToPath(new URL('../../lab/kubespray/', import.meta.url));

/** Runs `program` with KUBESPRAY set and `input` as JSON on its standard input; gives the JSON it prints. */
export function python<T>(program: string, input: unknown): T {
  const done = spawnSync('python3', ['-B', '-c', program], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    env: { ...process.env, KUBESPRAY: kubespray },
  });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout) as T;
}
