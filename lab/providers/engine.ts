import * as grpc from '@grpc/grpc-js';
import engineGrpc from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import enginepb from '@pulumi/pulumi/proto/engine_pb.js';

export type Severity = 'debug' | 'info' | 'warning' | 'error';

/** Writes to the engine's log on behalf of one resource. `status` lines are shown while the step runs, and not kept. */
export interface Logger {
  log(severity: Severity, message: string): void;
  status(message: string): void;
  /** Resolves when the engine has taken every line so far. Lines the engine does not want are dropped. */
  flush(): Promise<void>;
}

/** Lines waiting for the engine; beyond this a flood of output is thinned, since nobody can read it anyway. */
const longestQueue = 500;

/** The engine's side of the connection: where log lines go. Without an address (a plugin run by hand) they go nowhere. */
export class EngineClient {
  #client: engineGrpc.EngineClient | undefined;

  connect(address: string): void {
    this.#client?.close();
    this.#client = new engineGrpc.EngineClient(address, grpc.credentials.createInsecure());
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  loggerFor(urn: string): Logger {
    let chain = Promise.resolve();
    let waiting = 0;
    const send = (severity: Severity, message: string, ephemeral: boolean) => {
      if (this.#client === undefined || (ephemeral && waiting >= longestQueue)) return;
      waiting++;
      chain = chain.then(() => this.#log(severity, message, urn, ephemeral)).then(() => void waiting--);
    };
    return {
      log: (severity, message) => send(severity, message, false),
      status: (message) => send('info', message, true),
      flush: () => chain,
    };
  }

  #log(severity: Severity, message: string, urn: string, ephemeral: boolean): Promise<void> {
    const request = new enginepb.LogRequest()
      .setSeverity(severities[severity])
      .setMessage(message)
      .setUrn(urn)
      .setEphemeral(ephemeral);
    const deadline = Date.now() + 5_000;
    return new Promise((resolve) => {
      // An engine that is going away takes no more lines; the step's own result does not depend on them.
      this.#client?.log(request, new grpc.Metadata(), { deadline }, () => resolve());
    });
  }
}

const severities = {
  debug: enginepb.LogSeverity.DEBUG,
  info: enginepb.LogSeverity.INFO,
  warning: enginepb.LogSeverity.WARNING,
  error: enginepb.LogSeverity.ERROR,
} as const;
