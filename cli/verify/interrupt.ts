/** Ctrl-C while a verification is at work: the first one ends it, and it takes away what it made. */

/** `signal` is aborted by the first signal, which `told` hears of; a second one ends this process at once, as without it. */
export function interrupted(told: () => void): { readonly signal: AbortSignal; readonly over: () => void } {
  const asked = new AbortController();
  const take = () => {
    off();
    told();
    asked.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const off = () => {
    for (const signal of signals) process.off(signal, take);
  };
  for (const signal of signals) process.on(signal, take);
  return { signal: asked.signal, over: off };
}
