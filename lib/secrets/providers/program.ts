/**
 * Secrets that a program looks up: one JSON question on its standard input, one JSON answer on its
 * standard output.
 *
 * @module
 */
import { dirname } from "@std/path";
import {
  ellipsize,
  type Env,
  isObject,
  parseJsonOrUndefined,
  redactShapes,
} from "../../base/mod.ts";
import { failed, unresolved, valueOrFailure } from "../failure.ts";
import { DEFAULT_BATCH_BYTES } from "../limits.ts";
import { checkPath } from "../path_check.ts";
import type { ProviderAnswers, ProviderSettings, ResolveContext, SecretOutcome } from "../types.ts";
import { runProvider } from "./run_program.ts";

const PROTOCOL_VERSION = 1;
const MAX_REASON_CHARS = 200;

/**
 * Runs the program, as often as the size of a question makes necessary.
 *
 * @throws {AppError} `SECRET_UNRESOLVED` when it cannot be trusted or started, or answers nothing that
 * is understood.
 */
export async function askProgram(
  provider: string,
  ids: readonly string[],
  settings: ProviderSettings,
  { config, env }: ResolveContext,
): Promise<ProviderAnswers> {
  const field = `secrets.providers.${provider}.command`;
  const { command } = settings;
  if (!command) throw unresolved(`${field} is not set`, `openclaw config set ${field} <path>`);
  const program = await checkPath({
    path: command,
    field,
    isSecret: false,
    allowsSymlink: settings.allowSymlinkCommand,
    allowsInsecure: settings.allowInsecurePath,
    trustedDirs: settings.trustedDirs,
  });
  const maxBytes = config.secrets?.resolution?.maxBatchBytes ?? DEFAULT_BATCH_BYTES;
  const answers = new Map<string, SecretOutcome>();
  for (const batch of batches(provider, ids, maxBytes)) {
    const output = await runProvider(provider, settings, {
      program,
      args: settings.args ?? [],
      cwd: dirname(program),
      env: environmentOf(settings, env),
      stdin: question(provider, batch),
    });
    for (const [id, outcome] of readAnswer(provider, batch, settings, output)) {
      answers.set(id, outcome);
    }
  }
  return answers;
}

function question(provider: string, ids: readonly string[]): string {
  return `${JSON.stringify({ protocolVersion: PROTOCOL_VERSION, provider, ids })}\n`;
}

function* batches(
  provider: string,
  ids: readonly string[],
  maxBytes: number,
): Generator<readonly string[]> {
  const sizeOf = (batch: readonly string[]) =>
    new TextEncoder().encode(question(provider, batch)).length;
  let batch: string[] = [];
  for (const id of ids) {
    if (sizeOf([id]) > maxBytes) {
      throw unresolved(
        `The question for "${id}" has more than ${maxBytes} bytes`,
        "openclaw config unset secrets.resolution.maxBatchBytes",
      );
    }
    if (batch.length > 0 && sizeOf([...batch, id]) > maxBytes) {
      yield batch;
      batch = [];
    }
    batch.push(id);
  }
  if (batch.length > 0) yield batch;
}

/** What is configured, over what is passed on; nothing else of this process reaches the program. */
function environmentOf({ env: own = {}, passEnv = [] }: ProviderSettings, env: Env) {
  const passed = passEnv.flatMap((name) => {
    const value = env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), ...own };
}

function readAnswer(
  provider: string,
  ids: readonly string[],
  { jsonOnly = true }: ProviderSettings,
  output: string,
): Map<string, SecretOutcome> {
  const answer = parseJsonOrUndefined(output);
  const [only] = ids;
  const isProtocol = isObject(answer) && answer.protocolVersion === PROTOCOL_VERSION &&
    isObject(answer.values);
  if (!isProtocol) {
    const isPlain = !jsonOnly && ids.length === 1 && only !== undefined;
    if (!isPlain) throw notUnderstood(provider, jsonOnly);
    return new Map([[only, plainValue(provider, only, output, answer)]]);
  }
  const values = answer.values as Record<string, unknown>;
  const errors = isObject(answer.errors) ? answer.errors : {};
  return new Map(ids.map((id) => [id, protocolValue(provider, id, values, errors)]));
}

function plainValue(
  provider: string,
  id: string,
  output: string,
  answer: unknown,
): SecretOutcome {
  const text = typeof answer === "string" ? answer : output.replace(/[\r\n]+$/, "");
  return valueOrFailure(text, `Provider "${provider}" answered nothing for "${id}"`, HINT);
}

function protocolValue(
  provider: string,
  id: string,
  values: Record<string, unknown>,
  errors: Record<string, unknown>,
): SecretOutcome {
  const value = Object.hasOwn(values, id) ? values[id] : undefined;
  if (typeof value === "string") {
    return valueOrFailure(value, `Provider "${provider}" has an empty text for "${id}"`, HINT);
  }
  const error = Object.hasOwn(errors, id) ? errors[id] : undefined;
  if (isObject(error)) {
    const known = Object.values(values).filter((each) => typeof each === "string");
    const why = shownReason(error.message, known);
    return failed(`Provider "${provider}" has no "${id}"${why === "" ? "" : `: ${why}`}`, HINT);
  }
  const why = value === undefined
    ? "did not answer for"
    : "answered something else than a text for";
  return failed(`Provider "${provider}" ${why} "${id}"`, HINT);
}

/** The provider's own words, without any secret of the same answer. */
function shownReason(message: unknown, known: readonly string[]): string {
  if (typeof message !== "string") return "";
  const clean = known.filter((value) => value.length >= 4)
    .reduce((text, value) => text.replaceAll(value, "[redacted]"), message);
  // A provider's words must not steer a terminal.
  return ellipsize(
    redactShapes(clean.replace(/[\p{Cc}\s]+/gu, " ").trim()),
    MAX_REASON_CHARS,
  );
}

function notUnderstood(provider: string, jsonOnly: boolean) {
  const form = `{"protocolVersion":${PROTOCOL_VERSION},"values":{}}`;
  return unresolved(
    `Provider "${provider}" did not answer with ${form}`,
    jsonOnly ? `openclaw config set secrets.providers.${provider}.jsonOnly false` : HINT,
  );
}

const HINT = "openclaw secrets audit --allow-exec";
