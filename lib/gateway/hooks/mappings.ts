/**
 * From a request to the action its mapping makes of it.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { type HookMappingConfig, isHookTemplate, type ResolvedHooks } from "../../config/mod.ts";
import type { HookCall, MappedHook } from "../../http/mod.ts";
import { renderTemplate, type TemplateScope } from "./templates.ts";

/** Calls the script of a mapping. */
export type RunTransform = (
  transform: NonNullable<HookMappingConfig["transform"]>,
  scope: Omit<TemplateScope, "now">,
) => Promise<unknown>;

/** The first mapping that fits a request. */
export function findMapping(
  { mappings }: Pick<ResolvedHooks, "mappings">,
  { path, payload }: HookCall,
): HookMappingConfig | undefined {
  return mappings.find(({ match }) => {
    const wanted = match?.path?.trim().replace(/^\/+|\/+$/g, "");
    if (wanted && wanted !== path) return false;
    const source = match?.source?.trim();
    return !source || payload.source === source;
  });
}

/**
 * What a mapping makes of a request; `null` when its script lets the request be.
 *
 * @throws {AppError} `HOOK_MAPPING_FAILED`, or what `runTransform` throws.
 */
export async function applyMapping(
  mapping: HookMappingConfig,
  call: HookCall,
  now: string,
  runTransform: RunTransform,
): Promise<MappedHook | null> {
  const { payload, headers, url, path } = call;
  const fields = fieldsOf(mapping, { payload, headers, url, path, now });
  const isTemplated = isHookTemplate(mapping.sessionKey);
  if (!mapping.transform) return { fields, isSessionKeyRequested: isTemplated };
  const made = await runTransform(mapping.transform, { payload, headers, url, path });
  if (made === null) return null;
  if (made !== undefined && (typeof made !== "object" || Array.isArray(made))) {
    throw new AppError("HOOK_MAPPING_FAILED", "hook mapping failed", {
      hint: "Return null or an object from the script of the mapping",
      details: { reason: `its script returned ${Array.isArray(made) ? "a list" : typeof made}` },
    });
  }
  const overrides = Object.fromEntries(
    Object.entries(made ?? {}).filter(([, value]) => value !== undefined),
  );
  return {
    fields: { ...fields, ...overrides },
    isSessionKeyRequested: isTemplated || overrides.sessionKey !== undefined,
  };
}

function fieldsOf(mapping: HookMappingConfig, scope: TemplateScope): Record<string, unknown> {
  const { id: _id, match: _match, transform: _transform, ...own } = mapping;
  const { action, messageTemplate, textTemplate, ...plain } = own;
  const filled = (text: string | undefined) =>
    text === undefined ? undefined : renderTemplate(text, scope);
  return {
    ...plain,
    kind: action ?? "agent",
    message: filled(messageTemplate),
    text: filled(textTemplate),
    name: filled(mapping.name),
    sessionKey: filled(mapping.sessionKey),
    to: filled(mapping.to),
    model: filled(mapping.model),
    thinking: filled(mapping.thinking),
  };
}
