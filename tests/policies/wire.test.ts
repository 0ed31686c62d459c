import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { quickText } from '../../policies/wire.ts';

interface Protobuf {
  BinaryWriter: new () => {
    writeString(field: number, value: string | null | undefined): void;
    getResultBuffer(): Uint8Array;
  };
  BinaryReader: new (bytes: Uint8Array) => { nextField(): boolean; readString(): string };
}

const require = createRequire(import.meta.url);

/** google-protobuf as it was installed, whatever this process has made of its own. */
function untouched(): Protobuf {
  const path = require.resolve('google-protobuf');
  const ours = require.cache[path];
  delete require.cache[path];
  const fresh = require(path) as Protobuf;
  if (ours !== undefined) require.cache[path] = ours;
  else delete require.cache[path];
  return fresh;
}

function written({ BinaryWriter }: Protobuf, texts: readonly string[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const [i, text] of texts.entries()) writer.writeString(i + 1, text);
  return writer.getResultBuffer();
}

function read({ BinaryReader }: Protobuf, bytes: Uint8Array): string[] {
  const reader = new BinaryReader(bytes);
  const texts: string[] = [];
  while (reader.nextField()) texts.push(reader.readString());
  return texts;
}

describe('text on the wire', () => {
  const theirs = untouched();
  quickText();
  quickText();
  const ours = require('google-protobuf') as Protobuf;
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'binary', minLength: 50, maxLength: 400 }),
    fc
      .tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.integer({ min: 100, max: 9000 }))
      .map(([a, n]) => a.repeat(n)),
  );

  it('is not written by the module that it is compared with', () => {
    assert.notEqual(theirs.BinaryWriter.prototype.writeString, ours.BinaryWriter.prototype.writeString);
    assert.notEqual(theirs.BinaryReader.prototype.readString, ours.BinaryReader.prototype.readString);
  });

  it('is the same bytes as google-protobuf makes, and reads the same', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
        const bytes = written(ours, texts);
        assert.equal(Buffer.compare(bytes, written(theirs, texts)), 0);
        assert.deepEqual(read(ours, bytes), texts);
        assert.deepEqual(read(theirs, bytes), texts);
      }),
    );
  });

  it('leaves out a text that is not there, as google-protobuf does', () => {
    const writer = new ours.BinaryWriter();
    writer.writeString(1, undefined);
    writer.writeString(2, null);
    assert.equal(writer.getResultBuffer().length, 0);
  });
});
