import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageDir } from '../../cli/project.ts';

/** The command without an engine: PATH holds none, and none is looked for. */
export function calispray(...words: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(packageDir, 'cli/bin.js'), ...words], {
    encoding: 'utf8',
    env: {
      ...process.env,
      CALISPRAY_TOOLS: '{"engine":"/nonexistent/pulumi","bin":"/nonexistent","providers":"official"}',
    },
  });
  return { code: status, out: stdout, err: stderr };
}
