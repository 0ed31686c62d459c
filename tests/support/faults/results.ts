/** What a run of the faults leaves for the table: one line of JSON a fault, where CALISPRAY_FAULTS_RESULTS names a file. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export interface Result {
  readonly fault: string;
  /** Exit code of the command that met the fault. */
  readonly code: number;
  /** From the change to the proof. */
  readonly seconds: number;
}

export const resultsVariable = 'CALISPRAY_FAULTS_RESULTS';

export function noteResult(result: Result): void {
  const file = process.env[resultsVariable];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(result)}\n`);
}

export function readResults(file: string): Result[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Result);
}
