/**
 * Who may use owner commands in chats.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import type { Check } from "../types.ts";

const ID = "doctor:command-owner";

/** Told only where a chat could have an owner. */
export const commandOwner: Check = {
  id: ID,
  title: "Command owner",
  run({ served: { config } }) {
    const all: Record<string, unknown> = config.channels ?? {};
    const channels = Object.entries(all).filter(([name, settings]) =>
      name !== "defaults" && name !== "modelByChannel" && isObject(settings) &&
      settings.enabled !== false
    );
    const owners = config.commands?.ownerAllowFrom ?? [];
    if (channels.length === 0 || owners.length > 0) return [];
    return [{
      id: `${ID}.unset`,
      severity: "info",
      message: "No command owner is configured: nobody may use owner commands in chats",
      fix: `openclaw config set commands.ownerAllowFrom '["${channels[0]![0]}:<your id>"]'`,
    }];
  },
};
