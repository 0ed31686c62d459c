import type { Input } from '@pulumi/pulumi';
import type { List, Texts } from './inputs.ts';

/** A key of a Secret in the namespace of the object that names it. */
export interface SecretKey {
  /** Name of the Secret. Default: none, which finds nothing. */
  readonly name?: Input<string>;
  /** Key within it. */
  readonly key: Input<string>;
  /** Whether it may be missing. Default: false. */
  readonly optional?: Input<boolean>;
}

/** A key of a ConfigMap in the namespace of the object that names it. */
export interface ConfigMapKey {
  /** Name of the ConfigMap. Default: none, which finds nothing. */
  readonly name?: Input<string>;
  /** Key within it. */
  readonly key: Input<string>;
  /** Whether it may be missing. Default: false. */
  readonly optional?: Input<boolean>;
}

/** One of the two. */
export interface SecretOrConfigMap {
  /** Out of a Secret. Default: none. */
  readonly secret?: Input<SecretKey>;
  /** Out of a ConfigMap. Default: none. */
  readonly configMap?: Input<ConfigMapKey>;
}

/** A proxy on the way. */
export interface Proxy {
  /** The proxy, `http://proxy:3128`. Default: none. */
  readonly proxyUrl?: Input<string>;
  /** Names and CIDRs without it, with commas. Needs `proxyUrl`. Default: none. */
  readonly noProxy?: Input<string>;
  /** Take the proxy of Prometheus' own environment; never beside `proxyUrl`. Default: false. */
  readonly proxyFromEnvironment?: Input<boolean>;
  /** Headers that the proxy gets, with all their values. Default: none. */
  readonly proxyConnectHeader?: Input<Record<string, List<SecretKey>>>;
}

/** How one is known to a server, and the server to one. At most one of `basicAuth`, `authorization`, `oauth2`. */
export interface HttpClient<Tls extends TlsConfig> extends Proxy {
  /** TLS, with `scheme: https`. Default: the authorities of Prometheus' own image. */
  readonly tlsConfig?: Input<Tls>;
  /** Name and password. Default: none. */
  readonly basicAuth?: Input<BasicAuth>;
  /** Header `Authorization`. Default: none. */
  readonly authorization?: Input<Authorization>;
  /** OAuth 2.0 with client credentials. Default: none. */
  readonly oauth2?: Input<OAuth2>;
  /** @deprecated `authorization` says the same. A token. Default: none. */
  readonly bearerTokenSecret?: Input<SecretKey>;
  /** Follow redirects. Default: true. */
  readonly followRedirects?: Input<boolean>;
  /** Speak HTTP/2. Default: that of Prometheus. */
  readonly enableHttp2?: Input<boolean>;
}

export interface BasicAuth {
  /** The name. Default: an empty one. */
  readonly username?: Input<SecretKey>;
  /** The password. Default: an empty one. */
  readonly password?: Input<SecretKey>;
}

export interface Authorization {
  /** Word before the credentials; not Basic. Default: Bearer. */
  readonly type?: Input<string>;
  /** The credentials. Default: none. */
  readonly credentials?: Input<SecretKey>;
}

export interface OAuth2 extends Proxy {
  /** The client's name. */
  readonly clientId: Input<SecretOrConfigMap>;
  /** The client's secret. */
  readonly clientSecret: Input<SecretKey>;
  /** Where tokens come from. */
  readonly tokenUrl: Input<string>;
  /** What is asked for. Default: nothing in particular. */
  readonly scopes?: List<string>;
  /** Further parameters of the request. Default: none. */
  readonly endpointParams?: Texts;
  /** TLS towards that server. Default: the authorities of Prometheus' own image. */
  readonly tlsConfig?: Input<TlsConfig>;
}

export interface TlsConfig {
  /** Authority that the server's certificate is held to. Default: those of Prometheus' own image. */
  readonly ca?: Input<SecretOrConfigMap>;
  /** Certificate shown to the server. Default: none. */
  readonly cert?: Input<SecretOrConfigMap>;
  /** Key of that certificate. Default: none. */
  readonly keySecret?: Input<SecretKey>;
  /** Name that the server's certificate must have. Default: its address. */
  readonly serverName?: Input<string>;
  /** Take any certificate. Default: false. Anybody on the way could pass for the server. */
  readonly insecureSkipVerify?: Input<boolean>;
  /** Lowest version. Default: that of Prometheus. */
  readonly minVersion?: Input<TlsVersion>;
  /** Highest version. Default: that of Prometheus. */
  readonly maxVersion?: Input<TlsVersion>;
}

/** Files of Prometheus' own pod beside that: of ServiceMonitors alone, and where the operator lets them. */
export interface TlsConfigWithFiles extends TlsConfig {
  /** Instead of `ca`. Default: none. */
  readonly caFile?: Input<string>;
  /** Instead of `cert`. Default: none. */
  readonly certFile?: Input<string>;
  /** Instead of `keySecret`. Default: none. */
  readonly keyFile?: Input<string>;
}

export type TlsVersion = 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13';
