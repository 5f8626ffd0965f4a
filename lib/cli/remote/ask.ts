/**
 * Several calls over one connection.
 *
 * @module
 */
import type { CommandContext } from "../table.ts";
import { connectTo, explainFailure } from "./connection.ts";
import type { Target } from "./target.ts";

/** Calls a method over a connection that is open. */
export type Call = <T>(method: string, params?: unknown) => Promise<T>;

/** What a connection has to be good for. */
export interface AskOptions {
  /** Time of connecting and of each call, in milliseconds. */
  readonly timeoutMs: number;
  /** The methods that will be called: the connection asks for their scopes. */
  readonly methods: readonly string[];
  /** Scopes besides those. */
  readonly scopes?: readonly string[];
}

/**
 * Connects, acts, and closes again.
 *
 * @throws {AppError} What connecting fails with, and what the gateway answers.
 */
export async function ask<T>(
  context: CommandContext,
  target: Target,
  { timeoutMs, methods, scopes = [] }: AskOptions,
  act: (call: Call) => Promise<T>,
): Promise<T> {
  const client = await connectTo(context, target, { timeoutMs, methods, scopes });
  try {
    return await act((method, params = {}) => client.request(method, params, { timeoutMs }));
  } catch (error) {
    throw explainFailure(error, target, context);
  } finally {
    client.close();
  }
}
