/**
 * Notices that a write would lose a large part of a configuration.
 *
 * @module
 */
import { AppError, type JsonObject } from "../base/mod.ts";
import { lookup } from "./lookup.ts";

/** From this size on, a file must not shrink to less than half. */
const SHRINK_GUARD_BYTES = 512;

/** A text with what it says. */
export interface GuardedText {
  readonly text: string;
  readonly value: JsonObject;
}

/** A change to look at. */
export interface GuardedChange {
  readonly before: GuardedText;
  readonly after: GuardedText;
  /** Sections that the user named; what they lose is no accident. */
  readonly named: readonly string[];
}

/**
 * Refuses a text that lacks a section, `gateway.mode` or more than half of what the file says now.
 *
 * @throws {AppError} `CONFIG_WRITE_DESTRUCTIVE`
 */
export function assertHarmless({ before, after, named }: GuardedChange): void {
  const reasons: string[] = [];
  const shrunk = shrinkage(before, after, named);
  if (shrunk) reasons.push(`the file would shrink from ${shrunk[0]} to ${shrunk[1]} bytes`);
  const lost = Object.keys(before.value)
    .filter((name) => !Object.hasOwn(after.value, name) && !named.includes(name));
  if (lost.length > 0) reasons.push(`the sections ${lost.join(", ")} would be lost`);
  if (!named.includes("gateway") && !lost.includes("gateway") && losesMode(before, after)) {
    reasons.push("gateway.mode would be lost");
  }
  if (reasons.length === 0) return;
  throw new AppError(
    "CONFIG_WRITE_DESTRUCTIVE",
    `Refusing to write config: ${reasons.join("; ")}`,
    {
      hint: lost.length > 0
        ? `Name what is to go: ${lost.map((name) => `--replace-section ${name}`).join(" ")}`
        : "openclaw config unset <path>, or name the section by --replace-section <name>",
      details: { reasons, lost },
    },
  );
}

/** Sizes before and after, where too much would go; sections that were named do not count. */
function shrinkage(
  before: GuardedText,
  after: GuardedText,
  named: readonly string[],
): readonly [number, number] | undefined {
  const sizes = [sizeOf(before.text), sizeOf(after.text)] as const;
  if (!isLoss(...sizes)) return undefined;
  if (named.length === 0) return sizes;
  const rest = [restSize(before.value, named), restSize(after.value, named)] as const;
  return isLoss(...rest) ? sizes : undefined;
}

function isLoss(before: number, after: number): boolean {
  return before >= SHRINK_GUARD_BYTES && after * 2 < before;
}

function restSize(value: JsonObject, named: readonly string[]): number {
  const rest = Object.entries(value).filter(([name]) => !named.includes(name));
  return sizeOf(JSON.stringify(rest));
}

function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function losesMode(before: GuardedText, after: GuardedText): boolean {
  const path = ["gateway", "mode"];
  return lookup(before.value, path).found && !lookup(after.value, path).found;
}
