import type { types } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { UserError } from '../cluster/finding.ts';
import type { Node } from '../cluster/index.ts';
import { type Endpoint, hostKeyMissing, privateKeyOf, wayTo } from './endpoint.ts';

/**
 * How the workstation reaches a node, through its jump host where it has one. A preview dials nothing, so there a missing
 * key is no error; when resources are carried out, a host without a known host key or without a way to log in is
 * refused, the jump host as much as the node: connecting fails closed.
 */
export function connectionTo(node: Node): types.input.remote.ConnectionArgs {
  const way = wayTo(node);
  return { ...login(way.node), ...(way.jump === undefined ? {} : { proxy: login(way.jump) }) };
}

/** What the command provider wants to know of one host; the same for a node and for a proxy. */
function login(endpoint: Endpoint): types.input.remote.ProxyConnectionArgs {
  const { called, host, port, user, hostKey, agent, path } = endpoint;
  const privateKey = privateKeyOf(endpoint);
  if (!pulumi.runtime.isDryRun()) {
    if (hostKey === undefined) throw new UserError([hostKeyMissing(endpoint)]);
    if (privateKey === undefined && agent === undefined) {
      throw UserError.of(
        'ssh-key-missing',
        `${path}.key`,
        `there is no private key at ${endpoint.keyFile ?? '(none declared)'} and no ssh-agent to log in to ${called}`,
        'set ssh.key to a private key file, or start ssh-agent and set ssh.agent: true',
      );
    }
  }
  return {
    host,
    port,
    user,
    ...(hostKey === undefined || hostKey === 'accept-new' ? {} : { hostKey }),
    ...(privateKey === undefined ? {} : { privateKey: pulumi.secret(privateKey) }),
    ...(privateKey === undefined && agent !== undefined ? { agentSocketPath: agent } : {}),
  };
}
