/**
 * Pointers to secrets: what they name, and in which form.
 *
 * @module
 */
import { AppError, isObject } from "../base/mod.ts";
import { referencedVariable, type SecretInput } from "../config/mod.ts";
import type { OpenClawConfig } from "../config/mod.ts";
import { type ResolvedRef, SECRET_SOURCES, type SecretSource } from "./types.ts";

/** The provider that is there without being configured. */
export const DEFAULT_PROVIDER = "default";

/** The id of the one secret of a file that holds nothing else. */
export const SINGLE_VALUE_ID = "value";

const PROVIDER = /^[a-z][a-z0-9_-]{0,63}$/;

const IDS: Readonly<Record<SecretSource, (id: string) => boolean>> = {
  env: (id) => /^[A-Z][A-Z0-9_]{0,127}$/.test(id),
  file: (id) => id === SINGLE_VALUE_ID || /^(?:\/(?:[^~/]|~[01])*)+$/.test(id),
  exec: (id) =>
    /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,255}$/.test(id) &&
    id.split("/").every((part) => part !== "." && part !== ".."),
};

const ID_FORMS: Readonly<Record<SecretSource, string>> = {
  env: "a variable such as OPENAI_API_KEY",
  file: `a JSON pointer such as /providers/openai/apiKey, or ${SINGLE_VALUE_ID}`,
  exec: "a name such as vault/openai/api-key, without . and .. as a part",
};

/**
 * Fills in the provider of a pointer and checks its form.
 *
 * @param input The field's value; plain text is no pointer.
 * @returns `undefined` for plain text.
 * @throws {AppError} `SECRET_UNRESOLVED` when provider or id are malformed.
 */
export function resolveRef(
  input: SecretInput,
  { secrets }: Pick<OpenClawConfig, "secrets">,
): ResolvedRef | undefined {
  if (typeof input === "string") {
    const id = referencedVariable(input);
    return id === undefined
      ? undefined
      : { source: "env", provider: secrets?.defaults?.env ?? DEFAULT_PROVIDER, id };
  }
  const { source, id } = input;
  const provider = input.provider ?? secrets?.defaults?.[source] ?? DEFAULT_PROVIDER;
  if (!PROVIDER.test(provider)) {
    throw malformed(
      `The text "${provider}" is no provider name`,
      "Write it like vault, with a-z 0-9 _ -",
    );
  }
  if (!IDS[source](id)) {
    throw malformed(
      `The text "${id}" is no id of a secret from source "${source}"`,
      `Write ${ID_FORMS[source]}`,
    );
  }
  return { source, provider, id };
}

/** Whether a value has the shape of a pointer, whatever it names. */
export function isSecretRef(value: unknown): value is Exclude<SecretInput, string> {
  return isObject(value) && (SECRET_SOURCES as readonly unknown[]).includes(value.source) &&
    typeof value.id === "string" &&
    (value.provider === undefined || typeof value.provider === "string");
}

/** A pointer in one word, for messages: `file:vault:/openai`. */
export function formatRef({ source, provider, id }: ResolvedRef): string {
  return `${source}:${provider}:${id}`;
}

function malformed(why: string, hint: string): AppError {
  return new AppError("SECRET_UNRESOLVED", why, { hint });
}
