/**
 * A health snapshot as lines for people.
 *
 * Reads the answer loosely: a gateway of another version may leave parts out.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";

/** All that `openclaw health` shows. */
export function healthLines(health: unknown): string[] {
  if (!isObject(health)) return ["The gateway gave no health information."];
  const agents = objects(health.agents);
  return [
    ...channelLines(health),
    ...eventLoopLine(health.eventLoop),
    `Agents: ${agents.map(agentName).join(", ") || text(health.defaultAgentId) || "none"}`,
    ...heartbeatLine(agents),
    ...agents.flatMap(sessionLine),
  ];
}

/** One line per channel. */
export function channelLines(health: unknown): string[] {
  if (!isObject(health) || !isObject(health.channels)) return [];
  const { channels } = health;
  const order = Array.isArray(health.channelOrder) ? health.channelOrder.map(String) : [];
  const labels = isObject(health.channelLabels) ? health.channelLabels : {};
  const ids = order.length > 0 ? order : Object.keys(channels);
  return ids.map((id) => `${text(labels[id]) || id}: ${channelState(channels[id])}`);
}

function channelState(channel: unknown): string {
  if (!isObject(channel)) return "unknown";
  if (channel.configured === false) return "not configured";
  const probe = isObject(channel.probe) ? channel.probe : undefined;
  if (probe !== undefined) {
    return probe.ok === true ? "ok" : `failed (${text(probe.error) || "no reason given"})`;
  }
  if (channel.connected === false) return "disconnected";
  return channel.running === false ? "stopped" : "configured";
}

function eventLoopLine(value: unknown): string[] {
  if (!isObject(value)) return [];
  const state = value.degraded === true ? "degraded" : "ok";
  const facts = [
    ...fact("max", value.delayMaxMs, "ms", 0),
    ...fact("p99", value.delayP99Ms, "ms", 0),
    ...fact("util", value.utilization, "", 3),
    ...fact("cpu", value.cpuCoreRatio, "", 2),
  ];
  return [["Gateway event loop:", state, ...facts].join(" ")];
}

function fact(label: string, value: unknown, unit: string, digits: number): string[] {
  return typeof value === "number" ? [`${label}=${value.toFixed(digits)}${unit}`] : [];
}

function agentName(agent: JsonObject): string {
  return text(agent.agentId) + (agent.isDefault === true ? " (default)" : "");
}

function heartbeatLine(agents: readonly JsonObject[]): string[] {
  const beating = agents.flatMap((agent) => {
    const heartbeat = isObject(agent.heartbeat) ? agent.heartbeat : {};
    return heartbeat.enabled === true ? [`${text(heartbeat.every)} (${text(agent.agentId)})`] : [];
  });
  return [`Heartbeat interval: ${beating.join(", ") || "off"}`];
}

function sessionLine(agent: JsonObject): string[] {
  const { sessions } = agent;
  if (!isObject(sessions)) return [];
  const path = text(sessions.path) || "not shown";
  return [
    `Session store (${text(agent.agentId)}): ${path} (${Number(sessions.count ?? 0)} entries)`,
  ];
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
