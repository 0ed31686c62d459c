/**
 * How Stryker runs our tests: Mocha inside one process, so that a mutant costs milliseconds, and only the tests that reach it.
 * The runner that Stryker brings cannot load Mocha 12 (it looks for lib/cli/options.mjs, which is options.cjs there).
 */
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  type DryRunOptions,
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import fc from 'fast-check';
import Mocha from 'mocha';

/** Where Stryker's instrumented code looks for the mutant that is on, and counts which test reached which. */
const shared = globalThis as { [INSTRUMENTER_CONSTANTS.NAMESPACE]?: InstrumenterContext };
shared[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};
const context = shared[INSTRUMENTER_CONSTANTS.NAMESPACE] as InstrumenterContext;

/**
 * What is run. Not by Stryker's own `testFiles`: with it, a mutant of code that runs while a module is loaded would be
 * switched on after loading, and seem to survive.
 */
const TESTS = ['tests/cluster/*.test.ts', 'tests/policies/{rules,known-variables}*.test.ts'];

/** Tests that take seconds, and whose mutants others catch in milliseconds: every mutant that they reach would wait for them. */
const TOO_SLOW = [
  'an example that parses, in the reference cluster or in full.yaml',
  'are what is meant by one letter more, fewer or another, and are never remarked on themselves',
  'bounds the number of pieces',
  'never throw, whatever the variables hold',
  'never throws, and says a line inside the file, whatever the text',
  'is named with its place',
  'never throws, and says in words what is wrong',
  'is nothing that the JSON Schema refuses, where it is right after all',
];

class Runner implements TestRunner {
  readonly #mocha: Mocha;
  #loaded = false;
  #perTest = false;

  constructor() {
    // The same samples for every mutant, and no time spent on a smaller counterexample.
    fc.configureGlobal({ seed: 1, numRuns: 30, endOnFailure: true });
    this.#mocha = new Mocha({ reporter: Silent, timeout: 0 });
    this.#mocha.cleanReferencesAfterRun(false);
    for (const file of globSync(TESTS).sort()) this.#mocha.addFile(resolve(file));
    const runner = this;
    this.#mocha.suite.beforeEach(function () {
      if (runner.#perTest) context.currentTestId = this.currentTest?.fullTitle();
    });
  }

  /** What is imported stays: a mutant of code that runs while it is imported needs a process of its own. */
  capabilities() {
    return { reloadEnvironment: false };
  }

  async dryRun({ coverageAnalysis, disableBail }: DryRunOptions): Promise<DryRunResult> {
    this.#perTest = coverageAnalysis === 'perTest';
    const result = await this.#run(disableBail);
    this.#perTest = false;
    return result.status === DryRunStatus.Complete && coverageAnalysis !== 'off' && context.mutantCoverage !== undefined
      ? { ...result, mutantCoverage: context.mutantCoverage }
      : result;
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, testFilter, disableBail, hitLimit, mutantActivation } = options;
    context.hitLimit = hitLimit;
    context.hitCount = hitLimit === undefined ? undefined : 0;
    const titles = testFilter?.map((title) => `^${title.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`) ?? [];
    this.#mocha.grep(new RegExp(titles.join('|')));
    return toMutantRunResult(await this.#run(disableBail, activeMutant.id, mutantActivation === 'static'));
  }

  async #run(disableBail: boolean, mutant?: string, whileLoading = false): Promise<DryRunResult> {
    try {
      if (!this.#loaded) {
        context.activeMutant = whileLoading ? mutant : undefined;
        await this.#mocha.loadFilesAsync();
        leaveOut(this.#mocha.suite);
        this.#loaded = true;
      }
      context.activeMutant = mutant;
      bail(this.#mocha.suite, !disableBail);
      const tests = await this.#results();
      return determineHitLimitReached(context.hitCount, context.hitLimit) ?? { status: DryRunStatus.Complete, tests };
    } catch (error) {
      return { status: DryRunStatus.Error, errorMessage: error instanceof Error ? (error.stack ?? '') : String(error) };
    }
  }

  #results(): Promise<TestResult[]> {
    const tests: TestResult[] = [];
    return new Promise((done) => {
      this.#mocha
        .run(() => done(tests))
        .on('pass', (test) => tests.push({ ...about(test), status: TestStatus.Success }))
        .on('fail', (test, error) =>
          tests.push({ ...about(test), status: TestStatus.Failed, failureMessage: String(error?.message ?? error) }),
        );
    });
  }
}

/** Says nothing: Stryker reports. */
class Silent extends Mocha.reporters.Base {}

function about(test: Mocha.Runnable) {
  return { id: test.fullTitle(), name: test.fullTitle(), timeSpentMs: test.duration ?? 0, fileName: test.file ?? '' };
}

function leaveOut(suite: Mocha.Suite): void {
  suite.tests = suite.tests.filter((test) => !TOO_SLOW.includes(test.title));
  for (const inner of suite.suites) leaveOut(inner);
}

function bail(suite: Mocha.Suite, first: boolean): void {
  suite.bail(first);
  for (const inner of suite.suites) bail(inner, first);
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'mocha-12', Runner)];
