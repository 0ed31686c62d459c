/** A part being made, as it is shown. */
export interface Step {
  readonly name: string;
  readonly title: string;
  /** What it is doing now. */
  readonly latest: () => string;
  /** Settles when it has ended, with what is shown behind the title. */
  readonly done: Promise<string>;
}

/** `42 s`, `3 min 20 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
