/** Paths between nodes and between pods, by what is wrong with them and still to be explained. */
import { wayBetween } from '../seen.ts';
import type { Subject } from '../subject.ts';
import { symptom } from '../symptoms.ts';
import type { PathSeen } from '../types.ts';

/** Those of a layer that have the symptom, where it is (still) to be explained. */
export function pathsWith(
  { evidence, symptoms }: Pick<Subject, 'evidence' | 'symptoms'>,
  layer: PathSeen['layer'],
  symptomOf: (path: PathSeen) => string,
): PathSeen[] {
  const open = new Set(symptoms);
  return evidence.paths.filter((path) => path.layer === layer && open.has(symptomOf(path)));
}

/** Pods that are silent, where one of them is on the node. */
export function pathsThrough({ evidence, symptoms }: Pick<Subject, 'evidence' | 'symptoms'>, name: string): string[] {
  const open = new Set(symptoms);
  const mine = evidence.paths
    .filter(({ layer, from, to }) => layer === 'pod' && (from === name || to === name))
    .flatMap((path) => [symptom.silent(path), symptom.noPorts(path), symptom.onePort(path)]);
  return [...new Set(mine)].filter((one) => open.has(one));
}

/** The path between the nodes themselves, in that direction. */
export function nodePath({ evidence }: Pick<Subject, 'evidence'>, from: string, to: string): PathSeen | undefined {
  return evidence.paths.find((path) => path.layer === 'node' && path.from === from && path.to === to);
}

/** Whether the nodes themselves hear each other: an answer has gone both ways. Undefined where neither way was measured. */
export function nodesReach(subject: Pick<Subject, 'evidence'>, a: string, b: string): boolean | undefined {
  const measured = [nodePath(subject, a, b), nodePath(subject, b, a)].filter((path) => path !== undefined);
  return measured.length === 0 ? undefined : measured.every(isHeard);
}

/** Whether anything came back. */
export function isHeard({ small, tcp, udp, ports }: PathSeen): boolean {
  return [small, tcp, udp].includes('answered') || Object.values(ports).some((said) => said !== 'silent');
}

/** Pods that do not hear each other although their nodes do, by the way that their packets travel. */
export function deafBy(subject: Subject, way: ReturnType<typeof wayBetween>): PathSeen[] {
  return pathsWith(subject, 'pod', symptom.silent).filter(
    ({ from, to }) => wayBetween(subject, from, to) === way && nodesReach(subject, from, to) === true,
  );
}

/** Nodes that all the paths have in common; all of them where there is none. */
export function suspects(paths: readonly PathSeen[]): string[] {
  const all = [...new Set(paths.flatMap(({ from, to }) => [from, to]))];
  const common = all.filter((name) => paths.every(({ from, to }) => from === name || to === name));
  return common.length === 1 ? common : all;
}

/** `masternode→homelab: 10.244.0.2 → 10.244.0.130: silent (ICMP, pod to pod)` */
export function pathLine({ layer, from, to, fromAddress, toAddress, small, tcp, udp }: PathSeen): string {
  const said = small === 'answered' ? `echo answered, TCP ${tcp}, UDP ${udp}` : small;
  return `${from}→${to}: ${fromAddress} → ${toAddress}: ${said} (measured, ${layer} to ${layer})`;
}

/** Nodes that hear the one from its own address. */
export function heardBy({ evidence }: Pick<Subject, 'evidence'>, name: string): string[] {
  return evidence.paths
    .filter((path) => path.layer === 'node' && path.to === name && isHeard(path))
    .map(({ from }) => from);
}
