/**
 * The part of the command table that makes this machine a node.
 *
 * @module
 */
import type { CommandSpec } from "./table.ts";

/** `node …`. */
export const NODE_HOST_COMMANDS: readonly CommandSpec[] = [
  { path: ["node"], summary: "Let a gateway run commands on this machine" },
  {
    path: ["node", "run"],
    summary: "Run the headless node host in the foreground",
    details: "Connects to the gateway of this machine unless told otherwise, and remembers which " +
      "one. Runs only what exec-approvals.json of this machine allows or a person approves.",
    options: [
      { name: "host", type: "text", placeholder: "host", description: "Host of the gateway" },
      { name: "port", type: "port", placeholder: "port", description: "Port of the gateway" },
      { name: "tls", type: "flag", description: "Connect with TLS" },
      {
        name: "tls-fingerprint",
        type: "text",
        placeholder: "sha256",
        description: "Certificate to insist on (refused by this build)",
        hidden: true,
      },
      {
        name: "node-id",
        type: "text",
        placeholder: "id",
        description: "Present another instance id; forgets the token of the last gateway",
      },
      {
        name: "display-name",
        type: "text",
        placeholder: "name",
        description: "Name for people",
        default: "the name of this machine",
      },
    ],
    examples: [
      { command: "openclaw node run", description: "Serve the gateway of this machine" },
      {
        command: "openclaw node run --host gateway.example --port 443 --tls",
        description: "Serve another one; its token comes from OPENCLAW_GATEWAY_TOKEN",
      },
    ],
    load: () => import("./commands/node_run.ts"),
  },
];
