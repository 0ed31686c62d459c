import { z } from 'zod';
import { address6Number, isAddress, isAddress6, range, range6, withoutHostBits } from '../cidr.ts';

/** A check of one text: the problem, or undefined. `params` carry code and hint to the finding. */
export function text(problem: (value: string) => { code: string; message: string; hint: string } | undefined) {
  return z.string().superRefine((value, ctx) => {
    const found = problem(value);
    if (found !== undefined) {
      ctx.addIssue({ code: 'custom', message: found.message, params: { code: found.code, hint: found.hint } });
    }
  });
}

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const ADDRESS6 = '^[0-9a-fA-F:]*:[0-9a-fA-F:]*$';
const HOST_KEY =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com) [A-Za-z0-9+/]{40,}={0,3}( .*)?$/;

// The metadata is what editors can check of a text while it is typed; they let through a little more than the schema.

export const address = text((value) =>
  isAddress(value)
    ? undefined
    : {
        code: 'bad-address',
        message: `“${value}” is not an IPv4 address`,
        hint: 'Write four decimal numbers: 192.168.4.63.',
      },
).meta({ pattern: '^[0-9]+(\\.[0-9]+){3}$' });

function rangeProblem(value: string) {
  if (range(value) === undefined) {
    return {
      code: 'bad-range',
      message: `“${value}” is not an IPv4 range`,
      hint: 'Write it in CIDR notation: 10.244.0.0/16.',
    };
  }
  return withoutHostBits(value) === value ? undefined : hostBits(value);
}

function hostBits(value: string) {
  return {
    code: 'host-bits',
    message: `“${value}” names an address inside its range, not the range`,
    hint: `Write ${withoutHostBits(value)}.`,
  };
}

export const cidr = text(rangeProblem).meta({ pattern: '^[0-9]+(\\.[0-9]+){3}/[0-9]+$' });

export const address6 = text((value) =>
  isAddress6(value)
    ? undefined
    : {
        code: 'bad-address',
        message: `“${value}” is not an IPv6 address`,
        hint: 'Write hexadecimal groups: fd00:4::63.',
      },
).meta({ pattern: ADDRESS6 });

/** Of either family. */
export const anyAddress = text((value) =>
  isAddress(value) || isAddress6(value)
    ? undefined
    : {
        code: 'bad-address',
        message: `“${value}” is not an IP address`,
        hint: 'Write one as 192.168.4.1 or fd00:4::1.',
      },
).meta({ pattern: '^[0-9a-fA-F.:]+$' });

function range6Problem(value: string) {
  if (range6(value) === undefined) {
    return {
      code: 'bad-range',
      message: `“${value}” is not an IPv6 range`,
      hint: 'Write it in CIDR notation: fd00:244::/64.',
    };
  }
  const [first, prefix] = [range6(value)?.first, value.slice(value.indexOf('/'))];
  return address6Number(value.slice(0, -prefix.length)) === first ? undefined : hostBits(value);
}

export const cidr6 = text(range6Problem).meta({ pattern: `${ADDRESS6.slice(0, -1)}/[0-9]+$` });

/** Of either family. */
export const anyCidr = text((value) => (value.includes(':') ? range6Problem(value) : rangeProblem(value))).meta({
  pattern: '^[0-9a-fA-F.:]+/[0-9]+$',
});

/** kubespray v2.31.0 roles/kubernetes/preinstall/tasks/0040-verify-settings.yml “Stop if bad hostname”, and DNS's 63. */
export const dnsName = text((value) =>
  value.length <= 63 && DNS_LABEL.test(value)
    ? undefined
    : {
        code: 'bad-name',
        message: `“${value}” is not a DNS label`,
        hint: 'Use lower case letters, digits and inner hyphens, 63 at most.',
      },
).meta({ pattern: DNS_LABEL.source, maxLength: 63 });

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Name of an object in the API: Kubernetes' DNS subdomain, 253 at most. */
export const objectName = text((value) =>
  value.length <= 253 && SUBDOMAIN.test(value)
    ? undefined
    : {
        code: 'bad-name',
        message: `“${value.slice(0, 64)}” is no name of an object`,
        hint: 'Use lower case letters, digits, inner hyphens and dots, 253 at most.',
      },
).meta({ pattern: SUBDOMAIN.source, maxLength: 253 });

/** One authorized_keys-style line, without options. */
export const hostKey = text((value) =>
  value === 'accept-new' || HOST_KEY.test(value)
    ? undefined
    : {
        code: 'bad-host-key',
        message: `“${value.slice(0, 24)}…” is not a host key`,
        hint: 'Write the whole line (`ssh-ed25519 AAAA…`) that `calispray keyscan` gives, or accept-new.',
      },
).meta({ pattern: `^accept-new$|${HOST_KEY.source}` });

export const nonEmpty = z.string().min(1);

/** An AS number, of two or of four bytes. */
export const asNumber = z.int().min(1).max(4294967295);

/** A TCP or UDP port. */
export const port = z.int().min(1).max(65535);
