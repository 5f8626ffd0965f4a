/**
 * `openclaw nodes invoke`: one command of a node, its answer as JSON.
 *
 * @module
 */
import {
  AppError,
  isObject,
  type JsonObject,
  parseJsonOrUndefined,
  randomId,
} from "../../base/mod.ts";
import { invokeOnNode } from "../nodes/ask.ts";
import { nodeName } from "../nodes/view.ts";
import type { CommandContext } from "../table.ts";

/** Invokes the command and shows what came back. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const command = options.text("command")?.trim();
  if (!command) {
    throw new AppError("USAGE", "Missing --command: say what the node is asked for", {
      hint: "openclaw nodes describe <node>",
    });
  }
  const { node, result } = await invokeOnNode(context, {
    command,
    params: parseParams(options.text("params") ?? "{}"),
    idempotencyKey: options.text("idempotency-key") ?? randomId(),
  });
  if (!options.flag("json")) {
    out.line(out.paint(`${nodeName(node)}: ${command}`, "strong"));
    out.json(result.payload ?? null);
  } else out.json(result);
  return 0;
}

function parseParams(text: string): JsonObject {
  const params = parseJsonOrUndefined(text);
  if (isObject(params)) return params;
  throw new AppError("USAGE", `Invalid --params: expected a JSON object, got "${text}"`, {
    hint: `openclaw nodes invoke --node <node> --command system.which --params '{"bins":["git"]}'`,
  });
}
