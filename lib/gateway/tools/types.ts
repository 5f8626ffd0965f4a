/**
 * The tools as the rest of the gateway sees them.
 *
 * @module
 */
import type { ToolRegistry } from "../../agents/tools/mod.ts";

/** The tools of a gateway, loaded when one is called or listed. */
export interface Toolbox {
  /** All tools; built at the first call. */
  registry(): Promise<ToolRegistry>;
}
