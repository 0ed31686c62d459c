/** Names, labels and annotations (validator.go validateObjectMeta). */
import { type Fields, fields, isFields, text } from '../raw.ts';
import { type Check, str, type TextTest, textMap } from './checks.ts';
import { labelValue, name, qualifiedName } from './texts.ts';

const LONGEST_NAME = 253;
/** Of all annotations together, keys and values. */
const MOST_ANNOTATIONS = 256 * 1024;

/** @param named what the kind asks of a name beyond what every resource does */
export function metadata(named?: TextTest, longest = LONGEST_NAME): Check {
  return (value, at) => {
    const meta = fields(value);
    const own = text(meta.name);
    if (value !== undefined && value !== null && !isFields(value)) return [`${at} must be a map`];
    const wrong = [name, ...(named === undefined ? [] : [named])].flatMap((test) => test(own) ?? []);
    return [
      ...wrong.slice(0, 1).map((why) => `${at}.name: ${JSON.stringify(own)} ${why}`),
      ...(own.length > longest ? [`${at}.name is ${own.length - longest} characters too long`] : []),
      ...['name', 'namespace', 'generateName'].flatMap((field) => str({})(meta[field], `${at}.${field}`)),
      ...textMap(meta.labels, `${at}.labels`),
      ...textMap(meta.annotations, `${at}.annotations`),
      ...labels(meta.labels, `${at}.labels`),
      ...annotations(meta.annotations, `${at}.annotations`),
    ];
  };
}

export function labels(value: unknown, at: string): string[] {
  return Object.entries(fields(value)).flatMap(([key, v]) => {
    const wrong = [
      qualifiedName(key) && `the key ${key} ${qualifiedName(key)}`,
      typeof v === 'string' && labelValue(v) && `${key}: ${JSON.stringify(v)} ${labelValue(v)}`,
    ];
    return wrong.filter((why): why is string => typeof why === 'string').map((why) => `${at}: ${why}`);
  });
}

export function annotations(value: unknown, at: string): string[] {
  const all: Fields = fields(value);
  const size = Object.entries(all).reduce((sum, [key, v]) => sum + bytes(key) + bytes(text(v)), 0);
  return [
    ...Object.keys(all).flatMap((key) => {
      const wrong = qualifiedName(key.toLowerCase());
      return wrong === undefined ? [] : [`${at}: the key ${key} ${wrong}`];
    }),
    ...(size > MOST_ANNOTATIONS ? [`${at} are ${size - MOST_ANNOTATIONS} bytes too large`] : []),
  ];
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
