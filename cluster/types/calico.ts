/** Calico’s own parts, and Felix. */

export interface Calico {
  /** `3.31.5`. Absent: the default of the kubespray release. */
  readonly version?: string;
  readonly datastore: 'kdd' | 'etcd';
  /** Whether projectcalico.org/v3 is served to kubectl. `auto`: where something of the stack needs it. */
  readonly apiServer: 'auto' | boolean;
  /** Whether policies are enforced at all. */
  readonly networkPolicy: boolean;
  readonly node: {
    readonly resources: Resources;
    /** One `key: value` line. Default `kubernetes.io/os: linux`. */
    readonly nodeSelector: string;
    readonly logLevel: 'debug' | 'info' | 'warning' | 'error' | 'fatal';
    readonly startupLogLevel: LogLevel;
    readonly livenessTimeoutSeconds: number;
    readonly readinessTimeoutSeconds: number;
    readonly environment: Readonly<Record<string, string>>;
    readonly kubeconfigTimeoutSeconds: number;
  };
  readonly cni: {
    readonly name: string;
    /** `none`: no log file. */
    readonly logFile: string;
    readonly ipForwarding: boolean;
    readonly featureControl: Readonly<Record<string, boolean | string>>;
  };
  readonly kubeControllers: {
    readonly resources: Resources;
    readonly nodeSelector: string;
    readonly logLevel: LogLevel;
  };
  /** Absent: no Typha. */
  readonly typha?: {
    readonly replicas: number;
    /** TLS between Typha and calico-node. */
    readonly secure: boolean;
    readonly maxConnectionsLowerLimit: number;
    readonly metrics: { readonly enabled: boolean; readonly port: number };
  };
  readonly usageReporting: boolean;
  readonly images: Readonly<Partial<Record<'node' | 'cni' | 'kubeControllers' | 'typha' | 'apiServer', Image>>>;
}

/** Kubernetes' own quantities: `150m`, `64M`; `0` is no limit. */
export interface Resources {
  readonly cpuRequest: string;
  readonly cpuLimit: string;
  readonly memoryRequest: string;
  readonly memoryLimit: string;
}

/** Image of a part of Calico, for a registry of one's own. */
export interface Image {
  readonly repository?: string;
  readonly tag?: string;
}

/** Log levels from much to little. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error' | 'fatal';

export interface Felix {
  readonly metrics: {
    readonly enabled: boolean;
    readonly port: number;
    /** `node`: the address by which Kubernetes knows the node; `any`: every address of it; else one address. */
    readonly address: string;
    /** Metrics of the Go runtime, and of the process. */
    readonly go: boolean;
    readonly process: boolean;
  };
  /** Of FelixConfiguration; `calico.node.logLevel`, an environment variable, wins over it. */
  readonly logSeverity: LogLevel;
  readonly chainInsertMode: 'insert' | 'append';
  readonly endpointToHostAction: 'return' | 'accept' | 'drop';
  /** Go duration, `0s` is never. */
  readonly reportingInterval: string;
  readonly floatingIps: boolean;
  readonly ignoreLooseRpf: boolean;
  /** `ChecksumOffloadBroken: 'true'` and the like. */
  readonly featureDetectOverride: Readonly<Record<string, string>>;
  /** Regular expression of the interfaces whose MTU is looked at. Absent: Calico's own. */
  readonly mtuInterfacePattern?: string;
  readonly healthHost: string;
  readonly useDefaultRouteSourceAddress: boolean;
}
