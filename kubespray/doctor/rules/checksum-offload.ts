import { wayBetween } from '../seen.ts';
import { symptom } from '../symptoms.ts';
import type { Diagnosis, Trouble } from '../types.ts';
import { listed, shortened } from '../words.ts';
import { pathLine, pathsWith } from './paths.ts';

export const checksumOffload: Trouble = {
  code: 'checksum-offload',
  title: 'Checksums of packets in VXLAN are wrong',
  judge(subject) {
    const { nodes } = subject;
    const offloads = (name: string) =>
      nodes.get(name)?.tunnels.find(({ device }) => device === 'vxlan.calico')?.checksumOffload;
    const found = pathsWith(subject, 'pod', symptom.noPorts).filter(
      ({ from, to }) =>
        wayBetween(subject, from, to) === 'vxlan' && (offloads(from) !== false || offloads(to) !== false),
    );
    if (found.length === 0) return [];
    const names = [...new Set(found.flatMap(({ from, to }) => [from, to]))].filter((name) => offloads(name) !== false);
    const finding: Diagnosis = {
      code: checksumOffload.code,
      severity: 'broken',
      message: `between pods on ${listed(found.flatMap(({ from, to }) => [from, to]))} echoes come back, and neither TCP nor UDP does`,
      nodes: names,
      evidence: shortened([
        ...names
          .filter((name) => offloads(name) === true)
          .map((name) => `${name}: vxlan.calico: tx-checksum-ip-generic: on (ethtool)`),
        ...found.map(pathLine),
      ]),
      why: 'Some network cards and kernels compute the checksum of a packet inside VXLAN wrongly: ping needs none, while TCP, UDP and with them DNS are dropped at the other end.',
      mend: [
        ...names.map((name) => ({ on: name, command: 'sudo ethtool -K vxlan.calico tx-checksum-ip-generic off' })),
        ...names
          .slice(0, 1)
          .map((on) => ({ on, command: "sudo timeout 5 tcpdump -vvnni any udp port 4789 | grep 'bad udp cksum'" })),
      ],
      stack: { path: 'felix.featureDetectOverride', to: "{ ChecksumOffloadBroken: 'true' }" },
      explains: [...new Set(found.map(symptom.noPorts))],
      inferred: true,
      reference:
        'https://docs.tigera.io/calico/latest/reference/felix/configuration (featureDetectOverride); projectcalico/calico#4865',
    };
    return [finding];
  },
};
