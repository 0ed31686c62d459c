import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import calico from '../../reachability/validate/fields/calico.json' with { type: 'json' };
import prometheus from '../../reachability/validate/fields/prometheus.json' with { type: 'json' };
import type { Field, FieldData, Fields } from '../../reachability/validate/fields/types.ts';
import { Interfaces, type Member, type Shape } from '../support/interfaces.ts';

const folder = join(import.meta.dirname, '../../resources');
const interfaces = new Interfaces(folder);

/** Interface of the spec → kind. */
const kinds = {
  BGPPeerSpec: 'BGPPeer',
  FelixConfigurationSpec: 'FelixConfiguration',
  GlobalPolicySpec: 'GlobalNetworkPolicy',
  HostEndpointSpec: 'HostEndpoint',
  IPPoolSpec: 'IPPool',
  NetworkSetSpec: 'NetworkSet',
  PodMonitorSpec: 'PodMonitor',
  PolicySpec: 'NetworkPolicy',
  PrometheusRuleSpec: 'PrometheusRule',
  ServiceMonitorSpec: 'ServiceMonitor',
  StagedGlobalPolicySpec: 'StagedGlobalNetworkPolicy',
  StagedKubernetesPolicySpec: 'StagedKubernetesNetworkPolicy',
  StagedPolicySpec: 'StagedNetworkPolicy',
  TierSpec: 'Tier',
} as const;

/** Wanted here, though the API would do without: left out, it is guessed, and differently by each API. */
const wantedHere = ['PolicySpec.types'];

describe('typed resources', () => {
  const known: Record<string, FieldData> = {
    calico: calico as unknown as FieldData,
    prometheus: prometheus as unknown as FieldData,
  };

  for (const [name, kind] of Object.entries(kinds)) {
    it(`have every field of ${kind}, with its type, its words and whether it must be there, and no other`, () => {
      const data = Object.values(known).find((each) => kind in each.kinds) as FieldData;
      const found = differences(
        { is: 'fields', fields: interfaces.fields(name) },
        data.kinds[kind] as Fields,
        'spec',
        data,
      );
      assert.deepEqual(found, []);
    });
  }

  it('are the same of a global set as of one in a namespace', () => {
    assert.deepEqual(calico.kinds.GlobalNetworkSet, calico.kinds.NetworkSet);
  });

  it('say of every field what it means, and of one that may be left out what then holds', () => {
    const members = interfaces.names.flatMap((name) => {
      try {
        return [...interfaces.fields(name).values()];
      } catch {
        // A type of words, or one with parameters: what extends it has its fields.
        return [];
      }
    });
    assert.ok(members.length > 300, `${members.length}`);
    assert.deepEqual(members.flatMap(undocumented), []);
  });

  it('are each a class of its own file, exported', () => {
    const index = readFileSync(join(folder, 'index.ts'), 'utf8');
    const classes = readdirSync(folder).flatMap((file) =>
      [
        ...readFileSync(join(folder, file.endsWith('.ts') ? file : 'index.ts'), 'utf8').matchAll(
          /^export class (\w+)/gm,
        ),
      ].map(([, name]) => ({ file, name: name ?? '' })),
    );
    assert.deepEqual(classes.map(({ name }) => name).sort(), [...Object.values(kinds), 'GlobalNetworkSet'].sort());
    assert.equal(new Set(classes.map(({ file }) => file)).size, classes.length);
    for (const { file } of classes) assert.ok(index.includes(`./${file}`), file);
  });
});

function undocumented({ comment, optional, place }: Member): string[] {
  if (comment.length < 10) return [`${place} has no comment`];
  // What must be said, though the API does not ask for it, has no default.
  const says = /default|must be said/i;
  return optional && !says.test(comment) ? [`${place} does not say what holds without it: ${comment}`] : [];
}

/** What the interface has that the definition has not, and the other way round. */
function differences(shape: Shape, field: Field, at: string, data: FieldData): string[] {
  if (typeof field === 'string' && field.startsWith('#')) {
    const shared = data.shared[field.slice(1)];
    assert.ok(shared !== undefined, field);
    return differences(shape, shared, at, data);
  }
  const limits = typeof field === 'string' ? { is: field } : field;
  if ('is' in limits) return plain(shape, limits as Parameters<typeof plain>[1], at);
  if ('list' in limits || 'map' in limits) {
    const [is, of] = 'list' in limits ? (['list', limits.list] as const) : (['map', limits.map] as const);
    return shape.is === is ? differences(shape.of, of, `${at}[]`, data) : [`${at} is a ${is}, and here ${shape.is}`];
  }
  if (shape.is !== 'fields') return [`${at} has fields, and here is ${shape.is}`];
  const required = new Set(limits.required);
  return [
    ...[...shape.fields.keys()].filter((name) => !(name in limits.fields)).map((name) => `${at}.${name} is not there`),
    ...Object.entries(limits.fields).flatMap(([name, inner]) => {
      const member = shape.fields.get(name);
      if (member === undefined) return [`${at}.${name} is missing`];
      const must = required.has(name) || wantedHere.includes(member.place);
      return [
        ...(must === member.optional ? [`${at}.${name} ${must ? 'must be there' : 'may be left out'}`] : []),
        ...differences(member.shape, inner, `${at}.${name}`, data),
      ];
    }),
  ];
}

function plain(shape: Shape, field: { is: string; enum?: readonly string[]; pattern?: string }, at: string): string[] {
  const types: Record<string, readonly string[]> = {
    string: ['string', 'words'],
    integer: ['number', 'words'],
    number: ['number'],
    boolean: ['boolean'],
    'int-or-string': ['number or string', 'words'],
  };
  if (!(types[field.is] ?? []).includes(shape.is)) return [`${at} is ${field.is}, and here ${shape.is}`];
  // Calico writes many of its words as a pattern that does not care for case.
  const written = /^\^\(\?i\)\(([A-Za-z|]+)\)\?\$$/.exec(field.pattern ?? '')?.[1]?.split('|');
  const words = field.enum ?? written;
  if (words === undefined) return [];
  const own = shape.is === 'words' ? [...shape.words].sort() : [];
  return JSON.stringify(own) === JSON.stringify([...words].sort()) ? [] : [`${at} is one of ${words}, and here ${own}`];
}
