import { members } from '../seen.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';

export const apiDown: Trouble = {
  code: 'api-down',
  title: 'The API server does not answer',
  judge(subject) {
    const { evidence, nodes, symptoms } = subject;
    const failing = [...nodes].flatMap(([name, { api }]) =>
      api?.ok === false ? [{ name, line: `${name}: ${api.url}: ${api.said}` }] : [],
    );
    const explains = [symptom.apiSilent(), ...failing.map(({ name }) => symptom.apiFrom(name))].filter((one) =>
      symptoms.includes(one),
    );
    const reading = 'unknown' in evidence.api ? [`API: ${evidence.api.unknown}`] : [];
    const planes = members(subject).filter(({ roles }) => roles.includes('control-plane'));
    const [first] = planes;
    // Where it could be read, it is up, and the way to it from one node is another matter.
    if (failing.length === 0 || first === undefined) return [];
    const down = reading.length > 0 && planes.every(({ name }) => failing.some((one) => one.name === name));
    const names = failing.map(({ name }) => name);
    const on = down ? planes.map(({ name }) => name) : names;
    const finding: Diagnosis = {
      code: apiDown.code,
      severity: 'broken',
      message: down
        ? `the API server does not answer on ${on.join(', ')}`
        : `${names.join(', ')} ${names.length === 1 ? 'does' : 'do'} not reach the API server`,
      nodes: on,
      evidence: [...reading, ...failing.map(({ line }) => line)],
      why: 'Pods that run go on; none is started or moved, and Calico learns of no new pod, policy or address.',
      mend: down
        ? on.flatMap((name) => mendServer(name, evidence.lab))
        : names.map((name) => ({
            on: name,
            command: evidence.lab ? `curl -k ${urlOf(nodes.get(name)?.api?.url)}/readyz` : MEND_PROXY,
          })),
      explains,
      reference: 'kubespray v2.31.0 docs/operations/ha-mode.md',
    };
    return [finding];
  },
};

/** Workers reach it by a proxy of their own on localhost (kubespray v2.31.0 docs/operations/ha-mode.md). */
const MEND_PROXY = 'sudo crictl ps -a --name nginx-proxy; sudo journalctl -u kubelet -n 50';

function mendServer(on: string, lab: boolean): { on: string; command: string }[] {
  if (lab) return [{ on, command: 'sudo systemctl restart etcd kube-apiserver' }];
  return [
    { on, command: 'sudo systemctl status etcd kubelet' },
    {
      on,
      command:
        'sudo crictl ps -a --name kube-apiserver && sudo crictl logs --tail 50 $(sudo crictl ps -aq --name kube-apiserver | head -1)',
    },
  ];
}

function urlOf(url = ''): string {
  return url.replace(/\/$/, '');
}
