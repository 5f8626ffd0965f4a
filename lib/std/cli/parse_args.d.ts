/** Hand-written types of the argument parser, as far as this project uses it. */

export interface ParseOptions {
  /** Parse `--` apart, into the `"--"` field of the result. */
  "--"?: boolean;
  alias?: Record<string, string | string[]>;
  boolean?: string[];
  string?: string[];
  collect?: string[];
  negatable?: string[];
  default?: Record<string, unknown>;
  stopEarly?: boolean;
  /** Called for each argument that no option claims; returning `false` drops it. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

export interface Args {
  _: (string | number)[];
  "--"?: string[];
  [option: string]: unknown;
}

export function parseArgs(args: readonly string[], options?: ParseOptions): Args;
