import type { Logger } from './engine.ts';
import type { PropertyMap } from './properties.ts';

/**
 * What a stand-in implements; `plugin.ts` carries it over the plugin protocol. Everything that only restates the request is
 * left to it: a provider says what it checks, what changed, and what it does.
 */
export interface Provider {
  readonly name: string;
  readonly version: string;
  checkConfig?(news: PropertyMap): CheckResult;
  diffConfig?(olds: PropertyMap, news: PropertyMap): Promise<DiffResult> | DiffResult;
  /** Called once, before any resource; `variables` are the provider's inputs as text, keyed `<name>:config:<input>`. */
  configure?(variables: ReadonlyMap<string, string>): void;
  check(request: CheckRequest): Promise<CheckResult> | CheckResult;
  diff(request: DiffRequest): Promise<DiffResult> | DiffResult;
  create(request: CreateRequest): Promise<Created>;
  read(request: ReadRequest): Promise<ReadResult | undefined>;
  update(request: UpdateRequest): Promise<PropertyMap>;
  delete(request: DeleteRequest): Promise<void>;
}

interface Request {
  readonly urn: string;
  readonly type: string;
  /** The resource's logical name. */
  readonly name: string;
  readonly logger: Logger;
  /** Aborted when the engine cancels, when it died, or when the step's own timeout has passed. */
  readonly signal: AbortSignal;
}

export interface CheckRequest extends Request {
  readonly olds: PropertyMap;
  readonly news: PropertyMap;
  readonly randomSeed: Uint8Array;
}

export interface CheckResult {
  readonly inputs: PropertyMap;
  readonly failures?: readonly { property: string; reason: string }[];
}

export interface DiffRequest extends Request {
  readonly id: string;
  readonly state: PropertyMap;
  readonly oldInputs: PropertyMap;
  readonly news: PropertyMap;
}

export type DetailedKind = 'add' | 'delete' | 'update';
export interface DiffResult {
  readonly changed: boolean;
  /** Top-level names; for providers without details. */
  readonly diffs?: readonly string[];
  /** Property paths that force a replacement. */
  readonly replaces?: readonly string[];
  readonly deleteBeforeReplace?: boolean;
  readonly detailed?: ReadonlyMap<string, { kind: DetailedKind; replace: boolean }>;
}

export interface CreateRequest extends Request {
  readonly inputs: PropertyMap;
  readonly preview: boolean;
  /** Seconds; 0 where the resource sets none. */
  readonly timeout: number;
}

export interface Created {
  readonly id: string;
  readonly outputs: PropertyMap;
}

export interface ReadRequest extends Request {
  readonly id: string;
  readonly state: PropertyMap;
  readonly inputs: PropertyMap;
}

export interface ReadResult extends Created {
  readonly inputs: PropertyMap;
}

export interface UpdateRequest extends Request {
  readonly id: string;
  readonly state: PropertyMap;
  readonly oldInputs: PropertyMap;
  readonly news: PropertyMap;
  readonly preview: boolean;
  readonly timeout: number;
}

export interface DeleteRequest extends Request {
  readonly id: string;
  readonly state: PropertyMap;
  readonly oldInputs: PropertyMap;
  readonly timeout: number;
}

/** A step that failed in a way the user must mend: the message is shown as it is, without a stack trace. */
export class StepError extends Error {
  override readonly name = 'StepError';
}

/** The object was made or changed, but did not become ready: the state keeps it, and the next run tries again. */
export class NotReadyError extends StepError {
  readonly made: Created;
  readonly reasons: readonly string[];
  constructor(message: string, made: Created, reasons: readonly string[]) {
    super(message);
    this.made = made;
    this.reasons = reasons;
  }
}
