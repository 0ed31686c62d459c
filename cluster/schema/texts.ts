import { z } from 'zod';
import { text } from './values.ts';

// Texts with a grammar of their own: those of Kubernetes, of Go and of releases.

const NAME = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const PREFIX = '[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/';
const LABEL_KEY = new RegExp(`^(${PREFIX})?${NAME}$`);
const LABEL_VALUE = new RegExp(`^(${NAME})?$`);
const TAINT = new RegExp(`^(${PREFIX})?${NAME}(=(${NAME})?)?:(NoSchedule|PreferNoSchedule|NoExecute)$`);
/** apimachinery pkg/api/resource/quantity.go, without a sign. */
const QUANTITY = /^([0-9]+(\.[0-9]*)?|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$/;
/** Go's time.ParseDuration, without a sign. */
const DURATION = /^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$/;
const VERSION = /^[0-9]+\.[0-9]+\.[0-9]+$/;

export const labelKey = text((value) =>
  LABEL_KEY.test(value)
    ? undefined
    : {
        code: 'bad-label',
        message: `“${value}” is no name of a label`,
        hint: 'Use letters, digits, - _ and ., 63 at most, after a prefix if there is one: example.com/disk.',
      },
).meta({ pattern: LABEL_KEY.source });

export const labelValue = text((value) =>
  LABEL_VALUE.test(value)
    ? undefined
    : {
        code: 'bad-label',
        message: `“${value}” is no value of a label`,
        hint: 'Use letters, digits, - _ and ., 63 at most, beginning and ending with a letter or digit.',
      },
).meta({ pattern: LABEL_VALUE.source });

export const taint = text((value) =>
  TAINT.test(value)
    ? undefined
    : {
        code: 'bad-taint',
        message: `“${value}” is no taint`,
        hint: 'Write KEY=VALUE:EFFECT as kubectl does, with the effect NoSchedule, PreferNoSchedule or NoExecute.',
      },
).meta({ pattern: TAINT.source });

export const quantity = text((value) =>
  QUANTITY.test(value)
    ? undefined
    : {
        code: 'bad-quantity',
        message: `“${value}” is no quantity`,
        hint: 'Write one as Kubernetes does: 150m of a core, 64M or 64Mi of memory.',
      },
).meta({ pattern: QUANTITY.source });

export const duration = text((value) =>
  DURATION.test(value)
    ? undefined
    : {
        code: 'bad-duration',
        message: `“${value}” is no duration`,
        hint: 'Write a number and its unit: 30s, 1m30s, or 0s for never.',
      },
).meta({ pattern: DURATION.source });

/** Of Kubernetes or Calico: kubespray writes versions without a `v` since v2.28.0. */
export const version = text((value) => {
  if (VERSION.test(value)) return undefined;
  const bare = value.replace(/^[vV]/, '');
  return VERSION.test(bare)
    ? {
        code: 'leading-v',
        message: `“${value}” begins with a v, and kubespray adds its own`,
        hint: `Write ${bare}, without v.`,
      }
    : { code: 'bad-version', message: `“${value}” is no version`, hint: 'Write three numbers: 3.31.5.' };
}).meta({ pattern: VERSION.source });

/** kubespray puts the line into the YAML of the pods' template as it is, where a number or boolean would be refused. */
export const nodeSelector = text((value) => {
  const [, key = '', quoted, plain = ''] = /^([^\s:]+): (?:(["'].*["'])|(.*))$/.exec(value) ?? [];
  const content = quoted === undefined ? plain : quoted.slice(1, -1);
  const isText =
    quoted !== undefined || (/^[A-Za-z]/.test(plain) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(plain));
  return LABEL_KEY.test(key) && LABEL_VALUE.test(content) && isText
    ? undefined
    : {
        code: 'bad-node-selector',
        message: `“${value}” is no node selector`,
        hint: 'Write one KEY: VALUE, and quote a value that begins with a digit or is a boolean to YAML: \'disk: "true"\'.',
      };
});

/** ID and VERSION_ID of /etc/os-release; a rolling release has its ID alone. */
export const operatingSystem = text((value) =>
  /^[a-z][a-z0-9_.]*(-[a-z0-9_.]+)*$/.test(value)
    ? undefined
    : {
        code: 'bad-os',
        message: `“${value}” is no operating system`,
        hint: 'Write ID and VERSION_ID of the node’s /etc/os-release with a hyphen between: debian-12, rocky-9.5.',
      },
);

/** Environment variables of a container; kubespray writes their values between double quotes as they are. */
export const environment = z.record(
  text((value) =>
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(value)
      ? undefined
      : {
          code: 'bad-variable-name',
          message: `“${value}” is no name of an environment variable`,
          hint: 'Use letters, digits and underscores, and begin with no digit.',
        },
  ),
  text((value) =>
    /^[^"\\\n]*$/.test(value)
      ? undefined
      : {
          code: 'bad-value',
          message: 'a double quote, a backslash or the end of a line breaks the YAML that kubespray makes',
          hint: 'Write the value without them.',
        },
  ),
);

export const absolutePath = text((value) =>
  /^\/[^"\\\s]*$/.test(value)
    ? undefined
    : { code: 'bad-path', message: `“${value}” is no path on a node`, hint: 'Begin it with /, without blanks.' },
);

/** A regular expression or destination that goes into an environment variable of calico-node. */
export const word = text((value) =>
  /^[^"\\\s]+$/.test(value)
    ? undefined
    : {
        code: 'bad-value',
        message: `“${value}” is empty, or has blanks, double quotes or backslashes`,
        hint: 'Write it without them: kubespray puts it between double quotes as it is.',
      },
);

const FELIX_FEATURE = /^[A-Za-z0-9]+$/;

/** A feature that Felix looks for; names and values are joined with `=` and commas. */
export const felixFeature = text((value) =>
  FELIX_FEATURE.test(value)
    ? undefined
    : {
        code: 'bad-value',
        message: `“${value}” is no name of a feature`,
        hint: 'Use letters and digits, as Felix writes it: ChecksumOffloadBroken.',
      },
).meta({ pattern: FELIX_FEATURE.source });
