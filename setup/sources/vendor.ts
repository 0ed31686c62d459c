/** The vendor's prebuilt file, checked against the vendor's own checksum file. */
import { chmodSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { download, Unavailable } from '../download.ts';
import type { Source, Work } from '../part.ts';
import type { Vendor } from '../vendors.ts';

/** Names of this machine's processor: Go's and Node's differ. */
export const goArchitecture = process.arch === 'x64' ? 'amd64' : process.arch;

export interface Prebuilt {
  readonly vendor: Vendor;
  /** Path below the vendor's base address. */
  readonly file: string;
  readonly checksums: string;
  /** Puts the downloaded file where it belongs below `work.into`. */
  readonly unpack: (file: string, work: Work) => Promise<void>;
}

/** Several files of one vendor make one part: all of them, or none. */
export function fromVendor(files: readonly Prebuilt[]): Source {
  return async ({ vendors }) => {
    for (const { vendor } of files) {
      if (!(await vendors.reachable(vendor))) {
        return {
          code: 'setup-vendor-unreachable',
          message: `${vendors.base(vendor)} cannot be reached.`,
          hint: `Name a mirror in CALISPRAY_DOWNLOAD_${vendor.toUpperCase()}.`,
        };
      }
    }
    return {
      says: `download ${files.map(({ vendor, file }) => `${vendors.base(vendor)}/${file}`).join(', ')}`,
      lane: 'network',
      seconds: 5,
      mebibytes: 600,
      async take(work) {
        for (const { vendor, file, checksums, unpack } of files) {
          const base = vendors.base(vendor);
          const local = join(work.into, 'download');
          await download(`${base}/${file}`, `${base}/${checksums}`, local, work.signal);
          await unpack(local, work);
        }
      },
    };
  };
}

/** The file is the program itself. */
export function asProgram(name: string): Prebuilt['unpack'] {
  return async (file, { into }) => {
    mkdirSync(join(into, 'bin'), { recursive: true });
    renameSync(file, join(into, 'bin', name));
    chmodSync(join(into, 'bin', name), 0o755);
  };
}

/** A tar archive; `members` are tar's own patterns, `strip` the folders to leave out, `to` a folder below the part's. */
export function fromArchive(to: string, strip: number, members: readonly string[] = []): Prebuilt['unpack'] {
  return async (file, { into, run }) => {
    const target = join(into, to);
    mkdirSync(target, { recursive: true });
    const tar = ['tar', '-xzf', file, '-C', target, `--strip-components=${strip}`, '--no-same-owner', ...members];
    const { ok, output } = await run(tar);
    if (!ok) throw new Unavailable(`the archive cannot be unpacked: ${output.trim()}`);
    await run(['rm', '-f', file]);
  };
}
