/**
 * Places in texts of mappings that are filled in from a request. Pure.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import type { HookCall } from "../../http/mod.ts";

/** What a template may name. */
export interface TemplateScope extends Pick<HookCall, "payload" | "headers" | "url" | "path"> {
  /** ISO 8601. */
  readonly now: string;
}

/** Names that lead out of the data, into the objects of the program. */
const BLOCKED: ReadonlySet<string> = new Set(["__proto__", "prototype", "constructor"]);
const PLACE = /\{\{([^{}]*)\}\}/g;
const PART = /([^.[\]]+)|\[(\d+)\]/g;

/**
 * Fills in `{{expression}}`: `payload.a.b[0]` or just `a.b[0]`, `headers.<name>`, `query.<name>`,
 * `path`, `now`. What is not there leaves nothing, objects become JSON.
 */
export function renderTemplate(template: string, scope: TemplateScope): string {
  return template.replace(PLACE, (_match, expression: string) => {
    return textOf(valueOf(expression.trim(), scope));
  });
}

function valueOf(expression: string, scope: TemplateScope): unknown {
  if (expression === "path") return scope.path;
  if (expression === "now") return scope.now;
  const [, root, rest] = /^(payload|headers|query)\.(.+)$/.exec(expression) ?? [];
  if (root === "headers") return ownValue(scope.headers, rest!.toLowerCase());
  if (root === "query") return scope.url.searchParams.get(rest!);
  return lookUp(scope.payload, root === "payload" ? rest! : expression);
}

function lookUp(payload: unknown, path: string): unknown {
  const parts = [...path.matchAll(PART)];
  if (parts.length === 0) return undefined;
  let value: unknown = payload;
  for (const [, name, index] of parts) {
    value = index === undefined ? ownValue(value, name!.trim()) : itemOf(value, Number(index));
    if (value === undefined || value === null) return undefined;
  }
  return value;
}

function ownValue(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(name) ? itemOf(value, Number(name)) : undefined;
  if (!isObject(value) || BLOCKED.has(name) || !Object.hasOwn(value, name)) return undefined;
  return value[name];
}

function itemOf(value: unknown, index: number): unknown {
  return Array.isArray(value) ? value[index] : undefined;
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
