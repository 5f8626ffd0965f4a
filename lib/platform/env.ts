/**
 * The environment variables of this process.
 *
 * @module
 */
import type { Env } from "../base/mod.ts";

/** The live process environment; later changes to it are seen. */
export function systemEnv(): Env {
  return { get: (name) => Deno.env.get(name) };
}

/** A copy of all environment variables, for handing to a child process. */
export function environmentRecord(): Record<string, string> {
  return Deno.env.toObject();
}
