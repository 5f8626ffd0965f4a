/**
 * Writes an installed definition anew that has drifted from what this program would install, as part
 * of a start.
 *
 * @module
 */
import { AppError, layerEnv } from "../../base/mod.ts";
import type { ServiceDefinition, ServiceReport } from "../../service/mod.ts";
import type { CommandContext } from "../table.ts";
import { findService } from "./installed.ts";
import { definitionDrift, reinstallService } from "./install.ts";
import { waitForWork, workBudgetMs } from "./drain.ts";

/** Where a service keeps its things is its definition's to say, not this shell's. */
const PLACES: readonly string[] = ["OPENCLAW_STATE_DIR", "OPENCLAW_CONFIG_PATH"];

/** What a repair has done. */
export interface Repair {
  readonly report: ServiceReport;
  /** The port that the service is started on. */
  readonly port: number;
}

/**
 * Repairs a definition and starts the service with it.
 *
 * @returns `undefined` when there is nothing to repair.
 * @throws {AppError} Whatever an installation fails with.
 */
export async function repairDefinition(
  context: CommandContext,
  definition: ServiceDefinition,
): Promise<Repair | undefined> {
  if (context.env.get("OPENCLAW_NIX_MODE") === "1") return undefined;
  const own = atItsPlaces(context, definition);
  const service = await findService(own);
  const issues = await definitionDrift(own, definition, service.port);
  if (issues.length === 0) return undefined;
  if (!service.state.snapshot.valid) {
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot repair the service definition: its config ${service.state.snapshot.path} is invalid`,
      { hint: "openclaw config validate" },
    );
  }
  const { state } = await service.manager.readRuntime();
  if (state === "running") {
    await waitForWork(own, service.state, workBudgetMs(service.state));
  }
  const { lines, warnings } = await reinstallService(own, service);
  return {
    port: service.port,
    report: {
      lines: [
        "Gateway service definition needs repair:",
        ...issues.map((issue) => `- ${issue}`),
        ...lines,
        "Gateway service definition repaired and started.",
      ],
      warnings,
    },
  };
}

function atItsPlaces(
  context: CommandContext,
  { environment }: ServiceDefinition,
): CommandContext {
  const own: Record<string, string> = {};
  for (const name of PLACES) {
    const value = environment[name];
    if (value !== undefined) own[name] = value;
  }
  return { ...context, env: layerEnv(own, context.env) };
}
