/**
 * A start in the foreground that finds the port or the config taken: who has it, and how it is stopped.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { CommandContext } from "../table.ts";
import { findService } from "./installed.ts";

/** The same failure with what is known of the holder below the message. */
export async function explainConflict(context: CommandContext, error: AppError): Promise<AppError> {
  const { say } = context;
  const known = error.details?.context;
  const lines = [
    `If the gateway is supervised, stop it with: ${say("gateway stop")}`,
    ...(Array.isArray(known) ? known : await describeHolder(error)),
    ...await serviceLines(context),
  ];
  return new AppError(error.code, `Gateway failed to start: ${error.message}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    retryable: error.retryable,
    details: { ...error.details, context: lines },
    cause: error,
  });
}

async function describeHolder({ details }: AppError): Promise<string[]> {
  if (typeof details?.port !== "number") return [];
  const { describePort, inspectPort } = await import("../../platform/mod.ts");
  return describePort(await inspectPort(details.port));
}

async function serviceLines(context: CommandContext): Promise<string[]> {
  try {
    const { manager } = await findService(context);
    if (await manager.readDefinition() === undefined || !await manager.isLoaded()) return [];
    return [
      `Gateway service appears ${manager.loadedText}. Stop it first.`,
      `Tip: ${context.say("gateway stop")}`,
    ];
  } catch {
    // Without a service manager there is no service to stop; the failure itself is told.
    return [];
  }
}
