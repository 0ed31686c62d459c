import { readFileSync } from 'node:fs';
import type { Node } from '../../../cluster/index.ts';
import { probes } from '../probes/index.ts';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

/** What is asked, by its file here. */
export type Question = 'node' | 'paths' | 'api';

const files: Readonly<Record<Question, readonly string[]>> = {
  node: ['firewall.py', 'node.py'],
  paths: ['paths.py'],
  api: ['api.py'],
};

/**
 * POSIX sh for the standard input of `sh -s`: prints one line of JSON, or says on standard error why it cannot. It changes nothing.
 * `about` is what the script finds as QUESTION.
 */
export function doctorScript(question: Question, { ssh }: Pick<Node, 'ssh'>, about: object): string {
  // A text of JSON is one of Python too.
  const given = `import json\nQUESTION = json.loads(${JSON.stringify(JSON.stringify(about))})\n`;
  const parts = [question === 'api' ? '' : probes(), given, ...files[question].map(read)];
  return `become=${ssh.become}\n${header}${parts.join('\n')}DOCTOR\n`;
}

// Raw sockets, network namespaces of others, the firewall and the API's credentials are root's.
const header = `
PATH="$PATH:/usr/local/bin:/usr/sbin:/sbin"
command -v python3 >/dev/null 2>&1 || { echo 'python3 is missing' >&2; exit 1; }
python=python3
if [ "$(id -u)" != 0 ]; then
  [ "$become" = true ] || { echo "$(id -un) is not root there, and ssh.become is off" >&2; exit 1; }
  sudo -n true </dev/null >/dev/null 2>&1 || { echo "$(id -un) may not use sudo there without a password" >&2; exit 1; }
  python='sudo -n python3'
fi
$python -I - <<'DOCTOR'
`.trimStart();

/** The last line of an answer that is JSON: what a login prints may come before it. Undefined where there is none. */
export function answerIn(stdout: string): unknown {
  for (const line of stdout.split('\n').reverse()) {
    if (!/^[{[]/.test(line)) continue;
    try {
      return JSON.parse(line);
    } catch {}
  }
  return undefined;
}
