/**
 * `openclaw gateway status` for people.
 *
 * @module
 */
import { isObject, redactShapes } from "../../base/mod.ts";
import { describePort } from "../../platform/mod.ts";
import type { GatewayFacts, GatewayFactsJson } from "./gateway_facts.ts";
import { shownCapability } from "../remote/probe.ts";
import { printDefinition, printRuntime } from "../service/facts_view.ts";
import type { CommandContext } from "../table.ts";

const MAX_ERROR_LINES = 12;
const RUN_HINT = "openclaw gateway run";

/** Writes the groups in order; trouble goes to standard error. */
export function printGatewayFacts(context: CommandContext, facts: GatewayFacts): void {
  const { out, say } = context;
  const { json } = facts;
  printDefinition(context, facts.service, json.logFile);
  out.line();
  printConfig(context, json);
  out.line();
  const { gateway, cli } = json;
  out.line(
    `Gateway: bind=${gateway.bindMode} (${gateway.bindHost}), port=${gateway.port} ` +
      `(${gateway.portSource})`,
  );
  out.line(`Probe target: ${gateway.probeUrl}`);
  out.line(`Dashboard: ${facts.dashboardUrl ?? "disabled"}`);
  if (gateway.probeNote !== undefined) out.line(`Probe note: ${gateway.probeNote}`);
  out.line(`CLI version: ${cli.version} (${cli.entrypoint})`);
  printGatewayVersion(context, json);
  out.line();
  printRuntime(context, facts.service);
  printProbe(context, facts);
  printPort(context, json);
  out.line();
  out.line(`Troubles: run ${say("status")}`);
}

function printConfig({ out }: CommandContext, { config, rpc }: GatewayFactsJson): void {
  const { path, exists, valid, issues, warnings } = config.cli;
  const state = exists ? (valid ? "" : " (invalid)") : " (missing)";
  out.line(`Config (cli): ${path}${state}`);
  for (const issue of issues ?? []) {
    out.note(`Config issue: ${issue.path === "" ? "" : `${issue.path}: `}${issue.message}`);
  }
  for (const warning of warnings ?? []) {
    out.note(`Config warning: ${warning.path}: ${warning.message}`);
  }
  if (isObject(rpc?.rejectedConfig)) {
    const message = redactShapes(String(rpc.rejectedConfig.message));
    out.note(`Config (gateway): the file is refused, an earlier one is in force: ${message}`);
  }
}

function printGatewayVersion({ out }: CommandContext, { cli, rpc }: GatewayFactsJson): void {
  if (rpc?.server === undefined) return;
  out.line(`Gateway version: ${rpc.server.version}`);
  if (rpc.server.version !== cli.version) {
    out.note(`CLI ${cli.version} and gateway ${rpc.server.version} are different versions.`);
  }
}

function printProbe({ out, options, say }: CommandContext, facts: GatewayFacts): void {
  const { rpc } = facts.json;
  if (rpc === undefined) return;
  const name = options.flag("require-rpc") ? "Read probe" : "Connectivity probe";
  if (rpc.ok) {
    out.line(`${name}: ${out.paint("ok", "good")}`);
  } else {
    out.note(`${name}: ${out.paint("failed", "bad")}`);
    if (rpc.authWarning !== undefined) out.note(`Probe auth: ${rpc.authWarning}`);
    out.note(`Probe target: ${rpc.url}`);
    const lines = redactShapes(rpc.error ?? "").split("\n").slice(0, MAX_ERROR_LINES);
    for (const line of lines) out.note(`  ${line}`);
  }
  out.line(`Capability: ${shownCapability(rpc.capability)}`);
  // A service that is there is started as one; what is wrong with it is said above.
  const isService = facts.json.service?.command != null;
  if (rpc.ok || facts.hint === undefined || isService && facts.hint === RUN_HINT) return;
  const hint = facts.hint.startsWith("openclaw ") ? say(facts.hint.slice(9)) : facts.hint;
  out.note(`Fix: ${hint}`);
}

function printPort({ out }: CommandContext, { port, rpc }: GatewayFactsJson): void {
  if (port.status === "busy" && rpc?.ok !== false) {
    const addresses = port.listeners.map(({ address }) => address)
      .filter((address) => address !== undefined);
    out.line(`Listening: ${[...new Set(addresses)].join(", ") || `port ${port.port}`}`);
    return;
  }
  if (port.status === "busy") {
    for (const line of describePort(port)) out.note(line);
  } else if (port.status === "free" && rpc !== undefined) {
    out.note(`Gateway port ${port.port} is not listening.`);
  }
}
