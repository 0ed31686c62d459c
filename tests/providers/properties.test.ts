import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  Archive,
  Asset,
  decode,
  encode,
  fromStruct,
  hasSecret,
  hasUnknown,
  type PropertyMap,
  type PropertyValue,
  reveal,
  Secret,
  toStruct,
  unknown,
  withSecretsOf,
} from '../../lab/providers/properties.ts';

const leaf = fc.oneof(
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constant(unknown),
  fc.string().map((text) => new Asset({ hash: 'h', text, path: '', uri: '' })),
  fc.string().map((path) => new Archive({ hash: 'h', path, uri: '' })),
);
const key = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__');
const { value } = fc.letrec<{ value: PropertyValue; plain: PropertyValue }>((tie) => ({
  plain: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
  value: fc.oneof(
    tie('plain'),
    tie('plain').map((inner) => new Secret(inner)),
  ),
}));

describe('property values', () => {
  it('come back from the wire as they went', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (properties) => {
        assert.deepEqual(fromStruct(toStruct(properties as PropertyMap)), properties);
      }),
    );
  });

  it('keep an archive of assets whole', () => {
    const archive = new Archive(
      { hash: 'h' },
      { 'a/b': new Asset({ hash: 'x', text: 'y' }), c: new Archive({ path: '/p' }) },
    );
    assert.deepEqual(decode(encode(archive)), archive);
  });

  it('decode every kind of unknown, and an output value by its content and secrecy', () => {
    assert.equal(decode('1c4a061d-8072-4f0a-a4cb-0ff528b18fe7'), unknown);
    const output = (fields: object) =>
      decode({ '4dabf18193072939515e22adb298388d': 'd0e6a833031e9bbcd3f4e8bde6ca49a4', ...fields });
    assert.equal(output({}), unknown);
    assert.equal(output({ value: 'plain' }), 'plain');
    assert.deepEqual(output({ value: 'hidden', secret: true }), new Secret('hidden'));
  });

  it('never leave a secret in clear beside its mark', () => {
    fc.assert(
      fc.property(value, (any) => {
        // A secret that is nothing has nothing to hide, and loses its mark.
        fc.pre(!JSON.stringify(any)?.includes('"value":null'));
        const marked = withSecretsOf(reveal(any), any);
        assert.equal(hasSecret(marked), hasSecret(any));
        assert.equal(hasUnknown(marked), hasUnknown(any));
      }),
    );
  });

  it('hide a whole list where the server changed its length', () => {
    const sent = { spec: { list: ['open', new Secret('hidden')] } };
    const answered = { spec: { list: ['open', 'hidden', 'added'] }, status: 'ok' };
    assert.deepEqual(withSecretsOf(answered, sent), {
      spec: { list: new Secret(['open', 'hidden', 'added']) },
      status: 'ok',
    });
  });
});
