/**
 * What tools ask of the gateway they belong to.
 *
 * @module
 */
import type { Clock } from "../../base/mod.ts";
import type { OpenClawConfig } from "../../config/mod.ts";
import type { SessionStore } from "../../sessions/mod.ts";
import type { RunManager } from "../run_manager.ts";
import type { AgentsSnapshot } from "../snapshot.ts";
import type { ToolContext } from "../tools.ts";

/** A text of a transcript, cut to what a list shows. */
export interface ShownMessage extends Record<string, unknown> {
  role: string;
}

/** Which part of a transcript a tool wants. */
export interface TranscriptQuery {
  limit: number;
  /** Characters kept of each text. */
  maxChars: number;
  /** Bytes of JSON at most, counted from the newest message backwards. */
  maxBytes: number;
}

/** The gateway, as far as tools reach it. */
export interface ToolHost {
  readonly clock: Clock;
  readonly store: SessionStore;
  readonly runs: RunManager;
  /** The configuration in force. */
  config(): OpenClawConfig;
  agents(): AgentsSnapshot;
  /** What the list of sessions shows of one; empty when it is not there. */
  sessionRow(key: string, texts: SessionTexts): Record<string, unknown>;
  /** The state of a session in a few lines. */
  statusText(target: { agentId: string; sessionKey: string }): string;
  /** The end of a transcript as clients see it, and whether there is more. */
  transcript(key: string, query: TranscriptQuery): { messages: ShownMessage[]; hasMore: boolean };
  /**
   * Calls a method of the gateway for its owner.
   *
   * @throws {AppError} What the method refuses with; `TOOL_INPUT_INVALID` when the parameters do not
   * fit it.
   */
  call(
    method: string,
    params: Record<string, unknown>,
    context: ToolContext,
  ): Promise<Record<string, unknown>>;
  /**
   * Looks at a change of the configuration before it is made: no tool decides how commands are
   * approved.
   *
   * @param baseHash Hash of the file that the caller has seen, if it says so.
   * @returns Hash of the file that the change was looked at with, to be named by the write.
   * @throws {AppError} `TOOL_FORBIDDEN`, `CONFIG_CHANGED`, or what the text is refused with.
   */
  guardConfigChange(
    kind: "config.apply" | "config.patch",
    raw: string,
    baseHash: string | undefined,
  ): Promise<string | undefined>;
}

/** Texts of a session that cost a look into its transcript. */
export interface SessionTexts {
  includeDerivedTitles?: boolean | undefined;
  includeLastMessage?: boolean | undefined;
}
