/** What PyYAML, which Ansible reads with, makes of a plain scalar: YAML 1.1 (PyYAML 6 lib/yaml/resolver.py). */

const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const BINARY = /^[-+]?0b[01_]+$/;
const OCTAL = /^[-+]?0[0-7_]+$/;
const DECIMAL = /^[-+]?(?:0|[1-9][0-9_]*)$/;
const HEX = /^[-+]?0x[0-9a-fA-F_]+$/;
const SEXAGESIMAL = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const FLOAT = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)$/;

/** The value of a scalar without quotes. What is no null, boolean or number there stays text: dates too. */
export function plainScalar(text: string): unknown {
  if (NULL.test(text)) return null;
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  // Adding nought makes -0 what Python has.
  if (DECIMAL.test(text)) return Number(text.replaceAll('_', '')) + 0;
  if (BINARY.test(text)) return inBase(text, 2, 2);
  if (OCTAL.test(text)) return inBase(text, 1, 8);
  if (HEX.test(text)) return inBase(text, 2, 16);
  if (FLOAT.test(text)) return Number(text.replaceAll('_', ''));
  if (SEXAGESIMAL.test(text) && (text.includes('.') || /^[-+]?[1-9]/.test(text))) return sexagesimal(text);
  return text;
}

function inBase(text: string, skip: number, base: number): number {
  const digits = text.replace(/^[-+]/, '').slice(skip).replaceAll('_', '');
  return (text.startsWith('-') ? -1 : 1) * Number.parseInt(digits === '' ? '0' : digits, base);
}

/** `1:30` is 90: why `22:22` needs quotes. */
function sexagesimal(text: string): number {
  const sum = text
    .replace(/^[-+]/, '')
    .replaceAll('_', '')
    .split(':')
    .reduce((total, part) => total * 60 + Number(part), 0);
  return text.startsWith('-') ? -sum : sum;
}
