import assert from 'node:assert/strict';
import { aptFailure } from '../../setup/sources/apt.ts';
import { goFailure } from '../../setup/sources/go.ts';
import { pipFailure } from '../../setup/sources/python.ts';

const log = '/cache/logs/part.log';

/** What the tools really print, cut to the lines that matter. */
const cases: readonly [name: string, explain: (output: string) => Error, output: string, code: string, says: RegExp][] =
  [
    [
      'go, with a proxy that cannot be reached',
      go,
      'go: downloading cel.dev/expr v0.25.2\ngo: cel.dev/expr@v0.25.2: Get "https://x/cel.dev": dial tcp: lookup x: no such host\n',
      'setup-registry-refused',
      /proxy did not give.*no such host.*GOPROXY/s,
    ],
    [
      'go, with a module that was changed',
      go,
      'verifying cel.dev/expr@v0.25.2: checksum mismatch\n\tdownloaded: h1:a\n\tgo.sum:     h1:b\n\nSECURITY ERROR\n',
      'checksum-wrong',
      /not what go\.sum says/,
    ],
    [
      'go, on a full disk',
      go,
      'write /x: no space left on device\n',
      'setup-no-disk',
      /disk is full.*CALISPRAY_CACHE/s,
    ],
    [
      'go, for another reason',
      go,
      'main.go:1: expected package\n',
      'setup-build-failed',
      /expected package.*part\.log/s,
    ],
    [
      'pip, with an index that cannot be reached',
      pip,
      'ERROR: Could not find a version that satisfies the requirement ansible\nERROR: No matching distribution found for ansible==11.13.0\n',
      'setup-registry-refused',
      /package index did not give.*No matching distribution/s,
    ],
    [
      'pip, with a package that was changed',
      pip,
      'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n    Expected sha256 a\n    Got        b\n',
      'checksum-wrong',
      /not what its pinned hash says/,
    ],
    ['pip, on a full disk', pip, 'OSError: [Errno 28] No space left on device\n', 'setup-no-disk', /disk is full/],
    ['pip, for another reason', pip, 'ERROR: something\n', 'setup-pip-failed', /something.*part\.log/s],
    [
      'apt, with an archive that cannot be reached',
      apt,
      "E: Failed to fetch http://x/InRelease  Could not resolve 'x'\n",
      'setup-registry-refused',
      /archive did not give.*sources\.list/s,
    ],
    ['apt, on a full disk', apt, "E: You don't have enough free space in /var\n", 'setup-no-disk', /disk is full/],
    ['apt, for another reason', apt, 'E: dpkg was interrupted\n', 'setup-apt-failed', /dpkg was interrupted/],
  ];

function go(output: string): Error {
  return goFailure('a package', { log }, { ok: false, output, cpu: 0 });
}

function pip(output: string): Error {
  return pipFailure('a package', { log }, { ok: false, output, cpu: 0 });
}

function apt(output: string): Error {
  return aptFailure('a package', { log }, output);
}

describe('setup: one sentence for a step that fails', () => {
  for (const [name, explain, output, code, says] of cases) {
    it(name, () => {
      const { message } = explain(output);
      assert.match(message, new RegExp(`^refused ${code} at `));
      assert.match(message, says);
    });
  }
});
