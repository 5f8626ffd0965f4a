/**
 * The part of the command table that is about devices: pairing, their tokens, setup codes.
 *
 * @module
 */
import { JSON_OPTION, targetOptions } from "./command_options.ts";
import type { ArgumentSpec, CommandSpec, OptionSpec } from "./table.ts";

const TIMEOUT_MS = 10_000;

const DEVICE_ARGUMENT: ArgumentSpec = {
  name: "device",
  description: "Device id, or its beginning",
};

const TOKEN_OPTIONS: readonly OptionSpec[] = [
  {
    name: "role",
    type: "text",
    placeholder: "role",
    description: "Whose token: the device's one role unless it has several",
    choices: ["operator", "node"],
  },
  {
    name: "device",
    type: "text",
    placeholder: "id",
    description: "The device, as an option",
    hidden: true,
  },
];

/** `devices …` and `qr`. */
export const DEVICE_COMMANDS: readonly CommandSpec[] = [
  { path: ["devices"], summary: "Approve devices and manage their tokens" },
  {
    path: ["devices", "list"],
    summary: "Show devices that wait for approval, and approved ones",
    details: "Reads the state of this machine when its gateway does not run.",
    options: targetOptions(TIMEOUT_MS),
    load: () => import("./commands/devices_list.ts"),
  },
  {
    path: ["devices", "approve"],
    summary: "Approve a device that waits",
    args: [{ name: "request", description: "Request or device id, or its beginning" }],
    options: [
      { name: "latest", type: "flag", description: "The request that came last" },
      ...targetOptions(TIMEOUT_MS),
    ],
    examples: [
      { command: "openclaw devices list", description: "See what each device asks for" },
      { command: "openclaw devices approve 1f0c6d2e", description: "Approve one of them" },
    ],
    load: () => import("./commands/devices_approve.ts"),
  },
  {
    path: ["devices", "reject"],
    summary: "Turn a device down; it may ask again",
    args: [{
      name: "request",
      description: "Request or device id, or its beginning",
      required: true,
    }],
    options: targetOptions(TIMEOUT_MS),
    load: () => import("./commands/devices_reject.ts"),
  },
  {
    path: ["devices", "remove"],
    summary: "Forget a device, its tokens and its connections",
    args: [{ ...DEVICE_ARGUMENT, required: true }],
    options: targetOptions(TIMEOUT_MS),
    load: () => import("./commands/devices_remove.ts"),
  },
  {
    path: ["devices", "rotate"],
    summary: "Replace the token of a device; the old one ends at once",
    args: [DEVICE_ARGUMENT],
    options: [
      ...TOKEN_OPTIONS,
      {
        name: "scope",
        type: "list",
        placeholder: "scope",
        description: "What the new token may do, within what was approved",
      },
      ...targetOptions(TIMEOUT_MS),
    ],
    load: () => import("./commands/devices_rotate.ts"),
  },
  {
    path: ["devices", "revoke"],
    summary: "End the token of a device; the device stays approved",
    args: [DEVICE_ARGUMENT],
    options: [...TOKEN_OPTIONS, ...targetOptions(TIMEOUT_MS)],
    load: () => import("./commands/devices_revoke.ts"),
  },
  {
    path: ["devices", "clear"],
    summary: "Forget all approved devices",
    options: [
      { name: "pending", type: "flag", description: "Turn down all waiting devices too" },
      { name: "yes", type: "flag", description: "Do it; without this the list is shown only" },
      ...targetOptions(TIMEOUT_MS),
    ],
    load: () => import("./commands/devices_clear.ts"),
  },
  {
    path: ["qr"],
    summary: "Make a setup code that lets one new device in, and show it as QR",
    details: "Works on the gateway's machine, whether or not the gateway runs. The code is a " +
      "credential: it ends after ten minutes or with the first device that uses it.",
    options: [
      {
        name: "url",
        type: "text",
        placeholder: "url",
        description: "Where the device finds the gateway: ws:// or wss://",
        default: "from gateway.bind",
      },
      JSON_OPTION,
    ],
    examples: [
      {
        command: "openclaw qr --url wss://gateway.example",
        description: "A gateway behind a TLS proxy",
      },
    ],
    load: () => import("./commands/qr.ts"),
  },
];
