import { readFileSync } from 'node:fs';
import { birdPython } from '../../../kubespray/status/bird-python.ts';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

/** Python 3.6 or newer: the functions of README.md, to be put in front of a script that runs as root on a node. */
export const probes = (): string => [...['namespaces.py', 'echo.py', 'ports.py'].map(read), birdPython].join('\n\n');
