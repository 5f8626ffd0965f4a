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
  printWarmUp(context, facts);
  printProbe(context, facts);
  printPort(context, facts);
  printExtraServices(context, json);
  out.line();
  out.line(`Troubles: run ${say("status")}`);
}

function printConfig(
  { out, say }: CommandContext,
  { config, rpc, service }: GatewayFactsJson,
): void {
  const { issues, warnings } = config.cli;
  out.line(`Config (cli): ${config.cli.path}${stateOf(config.cli)}`);
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
  if (service !== null) {
    out.line(`Config (service): ${config.daemon.path}${stateOf(config.daemon)}`);
  }
  if (config.mismatch) {
    out.note(
      "Root cause: CLI and service are using different config paths (another profile or state " +
        "folder).",
    );
    out.note(`Fix: with the profile that is meant, run: ${say("gateway install --force")}`);
  }
}

function stateOf({ exists, valid }: GatewayFactsJson["config"]["cli"]): string {
  if (!exists) return " (missing)";
  return valid ? "" : " (invalid)";
}

function printGatewayVersion(
  { out, say }: CommandContext,
  { cli, rpc, service }: GatewayFactsJson,
): void {
  if (rpc?.server === undefined) return;
  out.line(`Gateway version: ${rpc.server.version}`);
  if (rpc.server.version !== cli.version) {
    out.note(`CLI ${cli.version} and gateway ${rpc.server.version} are different versions.`);
    const isInstalled = service !== null && service.state !== "not_installed";
    out.note(`Fix: ${say(isInstalled ? "gateway install --force" : "gateway restart")}`);
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

/** A process that has just begun does not listen yet. */
function printWarmUp(
  { out }: CommandContext,
  { json: { rpc, port, service } }: GatewayFacts,
): void {
  if (service?.state !== "running" || rpc?.ok !== false || port.status !== "free") return;
  out.line("Warm-up: launch agents can take a few seconds. Try again shortly.");
}

function printPort(context: CommandContext, { json, service }: GatewayFacts): void {
  const { out, say } = context;
  const { port, rpc, health, lastError, portCli } = json;
  if (port.status === "busy" && rpc?.ok !== false) {
    const addresses = port.listeners.map(({ address }) => address)
      .filter((address) => address !== undefined);
    out.line(`Listening: ${[...new Set(addresses)].join(", ") || `port ${port.port}`}`);
  } else if (port.status === "busy") {
    for (const line of describePort(port)) out.note(line);
  } else if (port.status === "free" && rpc !== undefined) {
    const isRunning = service?.json.state === "running";
    out.note(
      `Gateway port ${port.port} is not listening${isRunning ? " (service appears running)" : ""}.`,
    );
  }
  if (portCli !== undefined) {
    out.note(`The config names port ${portCli.port}, the service listens on ${port.port}.`);
    out.note(`Fix: ${say("gateway install --force")}`);
  }
  if (health !== undefined && health.staleGatewayPids.length > 0) {
    out.note(`Found stale gateway process(es): ${health.staleGatewayPids.join(", ")}.`);
    out.note(`Fix: kill ${health.staleGatewayPids.join(" ")}, then: ${say("gateway restart")}`);
  }
  if (lastError === undefined) return;
  out.note(`Last gateway error: ${lastError}`);
  out.note(`Logs: ${service?.json.loaded ? service.logHint : say("logs")}`);
}

function printExtraServices({ out }: CommandContext, { extraServices }: GatewayFactsJson): void {
  if (extraServices.length === 0) return;
  out.note("Other gateway-like services detected (best effort):");
  for (const { label, scope, detail, cleanup } of extraServices) {
    out.note(`- ${label} (${scope}, ${detail})`);
    out.note(`Cleanup hint: ${cleanup}`);
  }
  out.note("One gateway per profile and port is enough; take away those that nobody needs.");
}
