/**
 * Options that several commands share.
 *
 * @module
 */
import type { OptionSpec } from "./table.ts";

/** Every command that has an answer for programs. */
export const JSON_OPTION: OptionSpec = {
  name: "json",
  type: "flag",
  description: "Write JSON to standard output",
};

/** The budget of a command that asks a gateway. */
export function timeoutOption(defaultMs: number): OptionSpec {
  return {
    name: "timeout",
    type: "integer",
    placeholder: "ms",
    description: "Time for the whole call in milliseconds",
    default: String(defaultMs),
  };
}

/** Which gateway of this machine is meant. */
export const PORT_OPTION: OptionSpec = {
  name: "port",
  type: "port",
  placeholder: "port",
  description: "Port of the gateway on this machine",
  env: "OPENCLAW_GATEWAY_PORT",
};

/** Where the gateway is and who asks. */
export function targetOptions(timeoutMs: number): OptionSpec[] {
  return [
    {
      name: "url",
      type: "text",
      placeholder: "url",
      description: "WebSocket address of the gateway; needs --token or --password",
      env: "OPENCLAW_GATEWAY_URL",
    },
    {
      name: "token",
      type: "text",
      placeholder: "token",
      description: "Gateway token",
      env: "OPENCLAW_GATEWAY_TOKEN",
    },
    {
      name: "password",
      type: "text",
      placeholder: "password",
      description: "Gateway password",
      env: "OPENCLAW_GATEWAY_PASSWORD",
    },
    {
      name: "tls-fingerprint",
      type: "text",
      placeholder: "sha256",
      description: "Certificate that the gateway must show; nothing is sent to another one",
    },
    PORT_OPTION,
    timeoutOption(timeoutMs),
    JSON_OPTION,
  ];
}
