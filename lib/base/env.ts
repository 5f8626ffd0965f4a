/**
 * The process environment as an argument.
 *
 * @module
 */

/** Read access to environment variables; the real one is in `lib/platform`. */
export interface Env {
  /** The value of a variable; an unset one is `undefined`, an empty one the empty string. */
  get(name: string): string | undefined;
}

/** An environment that holds just the given variables. */
export function envOf(variables: Readonly<Record<string, string | undefined>>): Env {
  return { get: (name) => Object.hasOwn(variables, name) ? variables[name] : undefined };
}

/** An environment in which `over` is looked up first and `under` second. */
export function layerEnv(over: Readonly<Record<string, string>>, under: Env): Env {
  return { get: (name) => Object.hasOwn(over, name) ? over[name] : under.get(name) };
}
