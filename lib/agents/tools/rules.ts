/**
 * Reads the rules of a policy from the configuration, whose schema leaves most of them open.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import type { ToolRules } from "./policy.ts";

/** The rules that a part of the configuration holds; what is not of the right type is left out. */
export function readToolRules(value: unknown): ToolRules | undefined {
  if (!isObject(value)) return undefined;
  const { profile, allow, alsoAllow, deny, byProvider, toolsBySender } = value;
  return {
    ...(typeof profile === "string" ? { profile } : {}),
    ...list("allow", allow),
    ...list("alsoAllow", alsoAllow),
    ...list("deny", deny),
    ...map("byProvider", byProvider),
    ...map("toolsBySender", toolsBySender),
  };
}

function list(name: string, value: unknown): Partial<ToolRules> {
  if (!Array.isArray(value)) return {};
  return { [name]: value.filter((each) => typeof each === "string") };
}

function map(name: string, value: unknown): Partial<ToolRules> {
  if (!isObject(value)) return {};
  const rules = Object.entries(value).flatMap(([key, each]) => {
    const read = readToolRules(each);
    return read ? [[key, read] as const] : [];
  });
  return { [name]: Object.fromEntries(rules) };
}
