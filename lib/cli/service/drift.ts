/**
 * What keeps an installed definition from doing what is asked for.
 *
 * @module
 */
import { isAbsolute } from "@std/path";
import { VERSION } from "../../base/mod.ts";
import type { ServiceDefinition } from "../../service/mod.ts";
import { installedPort } from "./installed.ts";

/** What a definition is looked at with. */
export interface DriftFacts {
  /** The port in force. */
  readonly port: number;
  readonly exists: (path: string) => boolean;
  /** Whether what is below a path does not last. */
  readonly isTemporary: (path: string) => boolean;
}

/** Why a definition has to be written anew, for people; empty when it does not. */
export function driftOf(definition: ServiceDefinition, facts: DriftFacts): string[] {
  const { environment, command } = definition;
  const issues: string[] = [];
  const version = environment.OPENCLAW_SERVICE_VERSION;
  if (version !== undefined && version !== VERSION) {
    issues.push(`service was installed by OpenClaw ${version}, current CLI is ${VERSION}`);
  }
  // A wrapper was chosen by its user, wherever it is.
  const wrapper = environment.OPENCLAW_WRAPPER;
  for (const path of command.slice(0, 2).filter(isAbsolute)) {
    if (path !== wrapper && facts.isTemporary(path)) {
      issues.push(`service command points at a temporary path: ${path}`);
    } else if (!facts.exists(path)) {
      issues.push(`service command points at a missing path: ${path}`);
    }
  }
  if (command.length === 0) issues.push("service definition names no command");
  const installed = installedPort(definition);
  if (installed !== undefined && installed !== facts.port) {
    issues.push(`service was installed for port ${installed}, now it is ${facts.port}`);
  }
  return issues;
}
