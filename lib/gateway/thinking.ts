/**
 * Levels of thinking: which ones a model has, and the one a message asks for.
 *
 * @module
 */
import { AppError } from "../base/mod.ts";
import { type ModelInfo, THINKING_LEVELS, type ThinkingLevel } from "../models/mod.ts";

/** What a model that reasons offers; the others of {@linkcode THINKING_LEVELS} are taken as well. */
const OFFERED: readonly ThinkingLevel[] = ["off", "minimal", "low", "medium", "high", "xhigh"];

/** The levels as lists and pickers show them. */
export interface ThinkingChoice {
  thinkingLevels: { id: string; label: string }[];
  thinkingOptions: string[];
  thinkingDefault: string;
}

/** What can be chosen for a model; one that does not reason, or none, has no choice. */
export function thinkingChoice(model: Pick<ModelInfo, "reasoning"> | undefined): ThinkingChoice {
  const levels = model?.reasoning ? OFFERED : OFFERED.slice(0, 1);
  return {
    thinkingLevels: levels.map((id) => ({ id, label: id })),
    thinkingOptions: [...levels],
    thinkingDefault: model?.reasoning ? "medium" : "off",
  };
}

/** Whether `text` names a level. */
export function isThinkingLevel(text: unknown): text is ThinkingLevel {
  return (THINKING_LEVELS as readonly unknown[]).includes(text);
}

/**
 * The level that a message asks for.
 *
 * @returns `undefined` when it asks for none.
 * @throws {AppError} `SESSION_PATCH_INVALID`
 */
export function readThinking(text: string | undefined): ThinkingLevel | undefined {
  const level = text?.trim().toLowerCase() || undefined;
  if (level === undefined || isThinkingLevel(level)) return level;
  throw new AppError(
    "SESSION_PATCH_INVALID",
    `invalid thinking (use ${THINKING_LEVELS.join("|")})`,
    {
      hint: `Send one of ${THINKING_LEVELS.join(", ")}, or leave it out`,
    },
  );
}
