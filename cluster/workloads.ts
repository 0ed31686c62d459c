/** From the stack file's words to a workload. */
import type { Written } from './schema.ts';
import type { Workload, WorkloadPort } from './types/workloads.ts';

type WrittenWorkload = Written['workloads'][number];

export function workloadOf({ ports, serviceAccount, ...workload }: WrittenWorkload): Workload {
  return {
    ...workload,
    ports: ports.map(portOf),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
  };
}

function portOf(written: WrittenWorkload['ports'][number]): WorkloadPort {
  if (typeof written === 'number') return { protocol: 'TCP', port: written };
  if (typeof written === 'string') {
    const [port, protocol = ''] = written.split('/');
    return { protocol: protocol.toUpperCase() as WorkloadPort['protocol'], port: Number(port) };
  }
  const { name, protocol, port } = written;
  return {
    ...(name === undefined ? {} : { name }),
    protocol: protocol.toUpperCase() as WorkloadPort['protocol'],
    port,
  };
}
