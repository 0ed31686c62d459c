/** The live facts, read over SSH from the first control-plane node and the controller. Nothing is changed there. */
import type { Finding } from '../../cluster/finding.ts';
import type { Cluster } from '../../cluster/index.ts';
import { wayTo } from '../../components/endpoint.ts';
import { joinLive, type Live, liveProbe, liveSources, readLive } from '../../kubespray/live/index.ts';
import { all } from '../ssh/all.ts';
import { CONNECT_SECONDS } from '../ssh/connect.ts';
import { exec } from '../ssh/exec.ts';
import { Jumps } from '../ssh/jumps.ts';

/** How long a node may take to tell them, in seconds: of five hundred nodes the API sends megabytes. */
const FACTS_SECONDS = 60;

export type Read = { readonly ok: true; readonly live: Live } | { readonly ok: false; readonly findings: Finding[] };

/** Never throws for what is wrong with a host: the findings say it. */
export async function readLiveFacts(cluster: Cluster, seconds: number = CONNECT_SECONDS): Promise<Read> {
  const jumps = new Jumps();
  const findings: Finding[] = [];
  try {
    const answers = await all(liveSources(cluster), async ({ node, asks }) => {
      const connected = await jumps.connect(wayTo(node), seconds);
      if (!connected.ok) {
        findings.push(connected.finding);
        return [];
      }
      try {
        const { stdout, stderr } = await exec(connected.client, 'sh -s', {
          stdin: liveProbe(node, cluster, asks),
          seconds: FACTS_SECONDS,
        });
        const live = readLive(stdout);
        if (live !== undefined) return [{ asks, live }];
        findings.push(noLive(node.name, stderr || stdout));
      } catch (error) {
        findings.push(noLive(node.name, (error as Error).message));
      } finally {
        connected.client.end();
      }
      return [];
    });
    const live = joinLive(answers.flat());
    return live === undefined || findings.length > 0 ? { ok: false, findings } : { ok: true, live };
  } finally {
    await jumps.close();
  }
}

function noLive(name: string, said: string): Finding {
  const first = said.split('\n').find((line) => line.trim() !== '') ?? 'it said nothing';
  return {
    code: 'live-facts',
    class: 'refused',
    path: `nodes.${name}`,
    message: `${name} could not say what is live there: ${first.slice(0, 200)}`,
    hint: 'log in and see whether `python3` and `kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes` work',
  };
}
