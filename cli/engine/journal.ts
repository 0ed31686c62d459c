/**
 * The engine's events as what a reader wants to know: which resource changes how, what the rules say, what went wrong.
 * One journal a run of the engine; `lines.ts` and `--json` both read it.
 */
import type { EngineEvent, StepEventMetadata } from '@pulumi/pulumi/automation/events.js';
import type { Finding } from '../../cluster/finding.ts';
import type { Plan } from '../../kubespray/plan/types.ts';
import { type PropertyChange, propertyChanges, valueChanges } from './diff.ts';
import { labelOf } from './label.ts';
import { PLAN } from './own.ts';
import { commandSaid, findingIn, isShown, masked, pendingSaid, plain, SAYS_NOTHING, untold } from './words.ts';

/** What happens to a resource, in our words; the engine's own (`create-replacement`…) are folded into these. */
export type Act = 'create' | 'update' | 'replace' | 'delete' | 'read' | 'same';

export interface Change {
  act: Act;
  urn: string;
  type: string;
  /** `Node masternode`, `NetworkPolicy production/allow-dns`. */
  label: string;
  /** Is it done by a provider? A component of ours only holds others and takes as long as they do. */
  custom: boolean;
  /** What differs, for an update or a replacement. */
  properties: PropertyChange[];
  /** `planned` in a preview; otherwise how it ended. */
  state: 'planned' | 'running' | 'done' | 'failed';
  /** Seconds from its begin to its end, in an up. */
  seconds?: number;
}

export interface Violation {
  rule: string;
  mandatory: boolean;
  /** The engine's text: the rule's description, then what was reported. */
  message: string;
  /** What our own pack reported; absent for a pack that reports another way. */
  finding?: Finding;
  urn?: string;
}

/** What a rule at the level `remediate` put right in a resource's inputs before it was carried out. */
export interface Remediation {
  rule: string;
  urn: string;
  /** Of the inputs; secrets are `[secret]`. */
  changes: PropertyChange[];
}

export interface Diagnostic {
  severity: 'error' | 'warning' | 'info';
  message: string;
  urn?: string;
}

export type Told =
  | { kind: 'begun'; change: Change }
  | { kind: 'ended'; change: Change }
  | { kind: 'violation'; violation: Violation }
  | { kind: 'remediation'; remediation: Remediation }
  | { kind: 'diagnostic'; diagnostic: Diagnostic };

const STACK_TYPE = 'pulumi:pulumi:Stack';

/** The SDK's types do not know the event (pulumi 3.259.0 sdk/go/common/apitype/events.go PolicyRemediationEvent). */
function remediationOf(event: EngineEvent) {
  return (
    event as {
      policyRemediationEvent?: { policyName: string; resourceUrn?: string; before?: unknown; after?: unknown };
    }
  ).policyRemediationEvent;
}

export class Journal {
  readonly changes = new Map<string, Change>();
  readonly violations: Violation[] = [];
  readonly remediations: Remediation[] = [];
  readonly diagnostics: Diagnostic[] = [];
  /** Do the stack's outputs differ, with no resource changed? */
  outputsDiffer = false;
  /** The stack's outputs as the engine shows them: secrets are masked. */
  outputs: Record<string, unknown> = {};
  /** Names and versions of the packs that judged; empty where none did. */
  packs: Record<string, string> = {};
  /** What it does to the cluster, where the program says so; of an `up`, that of the preview before it. */
  plan: Plan | undefined;
  /** Names of the rules that found something to judge. */
  readonly rules = new Set<string>();
  private readonly unchanged = new Set<string>();
  private readonly parents = new Map<string, string>();
  private readonly begun = new Map<string, number>();
  /** URN → lines that its command has printed. */
  private readonly printed = new Map<string, Set<string>>();
  private readonly tell: (told: Told) => void;

  constructor(tell: (told: Told) => void = () => {}) {
    this.tell = tell;
  }

  /** Takes one event of the engine. */
  take(event: EngineEvent): void {
    if (event.resourcePreEvent !== undefined) {
      this.step(event.resourcePreEvent.metadata, event.resourcePreEvent.planning === true ? 'planned' : 'running');
    } else if (event.resOutputsEvent !== undefined) {
      this.step(event.resOutputsEvent.metadata, event.resOutputsEvent.planning === true ? 'planned' : 'done');
    } else if (event.resOpFailedEvent !== undefined) {
      this.step(event.resOpFailedEvent.metadata, 'failed');
    } else if (event.policyEvent !== undefined) {
      const { policyName, message, enforcementLevel, resourceUrn } = event.policyEvent;
      const violation: Violation = {
        rule: policyName,
        mandatory: enforcementLevel === 'mandatory',
        message: plain(message),
        ...findingIn(policyName, plain(message)),
        ...(resourceUrn ? { urn: resourceUrn } : {}),
      };
      if (this.violations.some((v) => v.rule === violation.rule && v.message === violation.message)) return;
      this.violations.push(violation);
      this.tell({ kind: 'violation', violation });
    } else if (remediationOf(event) !== undefined) {
      const { policyName, resourceUrn = '', before, after } = remediationOf(event) ?? {};
      const changes = valueChanges(masked(before), masked(after));
      if (changes.length === 0) return;
      const remediation: Remediation = { rule: policyName ?? '', urn: resourceUrn, changes };
      this.remediations.push(remediation);
      this.tell({ kind: 'remediation', remediation });
    } else if (event.diagnosticEvent !== undefined) {
      const { severity, urn, ephemeral } = event.diagnosticEvent;
      const message = commandSaid(pendingSaid(plain(event.diagnosticEvent.message)));
      if (!isShown(severity) || message === '' || SAYS_NOTHING.test(message)) return;
      const info = severity === 'info' || severity === 'info#err';
      // Ephemeral: what a command prints while it runs. The engine repeats warnings, in a preview and per plugin.
      if (ephemeral === true && !info) return;
      if (!info && this.diagnostics.some((known) => known.message === message && known.urn === (urn || undefined)))
        return;
      const diagnostic: Diagnostic = {
        severity: info ? 'info' : severity,
        message,
        ...(urn ? { urn } : {}),
      };
      if (ephemeral !== true) this.diagnostics.push(diagnostic);
      this.tell({ kind: 'diagnostic', diagnostic: this.news(diagnostic) });
    } else if (event.summaryEvent !== undefined) {
      // The engine writes it with a capital, as events.d.ts tells of older versions.
      this.packs = (event.summaryEvent as { PolicyPacks?: Record<string, string> }).PolicyPacks ?? {};
    } else {
      const judged = (event as { policyAnalyzeSummaryEvent?: { passed?: string[]; failed?: string[] } })
        .policyAnalyzeSummaryEvent;
      for (const rule of [...(judged?.passed ?? []), ...(judged?.failed ?? [])]) this.rules.add(rule);
    }
  }

  /** Changes other than `same`, parents first: the engine's own order differs from run to run. */
  changed(): Change[] {
    const order = new Map([...this.changes.values()].map((change) => [change, this.place(change.urn)] as const));
    return [...order.keys()].sort((a, b) => compare(order.get(a) ?? [], order.get(b) ?? []));
  }

  /** Number of resources that stay as they are. */
  get same(): number {
    return this.unchanged.size;
  }

  /** How many changes are above this one: how deep a reader sees it. */
  depth(change: Change): number {
    return this.ancestors(change.urn).filter((urn) => this.changes.has(urn)).length;
  }

  mandatory(): Violation[] {
    return this.violations.filter((violation) => violation.mandatory);
  }

  /** Would an `up` now do nothing at all? */
  idle(): boolean {
    return this.changes.size === 0 && !this.outputsDiffer;
  }

  /** The node that a command asks for its facts; undefined for any other change. */
  nodeOf(change: Change): string | undefined {
    const node = this.parents.get(change.urn) ?? '';
    if (!/\bcalispray:cluster:Node::/.test(node)) return undefined;
    const cluster = nameOf(this.parents.get(node) ?? '');
    const name = nameOf(node);
    return name.startsWith(`${cluster}-`) ? name.slice(cluster.length + 1) : name;
  }

  /** From the stack down to the resource: type and name of each, so that a component stands before its children. */
  private place(urn: string): string[] {
    return [...this.ancestors(urn).reverse(), urn].map((each) => each.split('::').slice(2).join('::'));
  }

  /** Parent, its parent, and so on. */
  private ancestors(urn: string): string[] {
    const parent = this.parents.get(urn);
    return parent === undefined || parent === '' ? [] : [parent, ...this.ancestors(parent)];
  }

  private step(metadata: StepEventMetadata, state: Change['state']): void {
    const { urn, type, op } = metadata;
    this.parents.set(urn, (metadata.new ?? metadata.old)?.parent ?? '');
    if (type === STACK_TYPE) this.stackStep(metadata, state);
    if (type === PLAN) {
      // Said in words of its own, and in the state there is never anything of it.
      if (metadata.op !== 'delete') this.plan = planIn(metadata);
      return;
    }
    const act = actOf(op);
    if (act === undefined || type === STACK_TYPE) return;
    if (act === 'same') {
      this.unchanged.add(urn);
      return;
    }
    // A replacement is several steps on one resource; it is one change to the reader, over when its new self is there.
    const key = urn;
    const known = this.changes.get(key);
    const change: Change = known ?? {
      act,
      urn,
      type,
      label: labelOf(metadata),
      custom: isCustom(metadata),
      properties: [],
      state,
    };
    if (op === 'replace' || op === 'create-replacement') change.act = 'replace';
    if (change.properties.length === 0) change.properties = propertyChanges(metadata);
    const wasOver = known !== undefined && (known.state === 'done' || known.state === 'failed');
    // What it replaces may be taken away before: neither that nor the engine's note that it is a replacement is the end of it.
    if ((op === 'delete-replaced' || op === 'replace') && state === 'done' && !wasOver) {
      this.changes.set(key, change);
      return;
    }
    change.state = wasOver && state === 'running' ? known.state : state;
    this.changes.set(key, change);
    if (state === 'running' && !this.begun.has(key)) {
      this.begun.set(key, performance.now());
      this.tell({ kind: 'begun', change });
    }
    if ((state === 'done' || state === 'failed') && (!wasOver || state === 'failed')) {
      const begun = this.begun.get(key);
      if (begun !== undefined) change.seconds = (performance.now() - begun) / 1000;
      this.tell({ kind: 'ended', change });
    }
  }

  /** As it is told: what a command printed while it ran stands in its failure once more. */
  private news(diagnostic: Diagnostic): Diagnostic {
    const told = this.printed.get(diagnostic.urn ?? '') ?? new Set<string>();
    if (diagnostic.severity !== 'info') return { ...diagnostic, message: untold(diagnostic.message, told) };
    for (const line of diagnostic.message.split('\n')) told.add(line);
    this.printed.set(diagnostic.urn ?? '', told);
    return diagnostic;
  }

  private stackStep(metadata: StepEventMetadata, state: Change['state']): void {
    if (state === 'running' || metadata.op === 'delete') return;
    this.outputs = masked(metadata.new?.outputs ?? {}) as Record<string, unknown>;
    const before = JSON.stringify(sorted(masked(metadata.old?.outputs ?? {})));
    this.outputsDiffer = before !== JSON.stringify(sorted(this.outputs));
  }
}

function nameOf(urn: string): string {
  return urn.split('::').slice(3).join('::');
}

/** Nothing at all, where a preview found no difference. */
function planIn(metadata: StepEventMetadata): Plan {
  const plan = (metadata.new?.inputs as { plan?: Plan } | undefined)?.plan;
  return plan ?? { first: false, differences: [], steps: [] };
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return (a[i] as string) < (b[i] as string) ? -1 : 1;
  }
  return a.length - b.length;
}

function isCustom(metadata: StepEventMetadata): boolean {
  return (metadata.new ?? metadata.old)?.custom === true;
}

function actOf(op: string): Act | undefined {
  switch (op) {
    case 'create':
    case 'import':
      return 'create';
    case 'update':
      return 'update';
    case 'replace':
    case 'create-replacement':
    case 'delete-replaced':
    case 'import-replacement':
      return 'replace';
    case 'delete':
    case 'discard':
      return 'delete';
    case 'read':
    case 'read-replacement':
      return 'read';
    case 'same':
    case 'refresh':
      return 'same';
    default:
      return undefined;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
