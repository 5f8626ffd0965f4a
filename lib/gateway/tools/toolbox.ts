/**
 * Loads the tools of a gateway and keeps them.
 *
 * @module
 */
import type { ToolRegistry } from "../../agents/tools/mod.ts";
import type { GatewayState } from "../state.ts";
import type { Toolbox } from "./types.ts";

/** Keeps the one registry of a gateway. */
export class GatewayToolbox implements Toolbox {
  readonly #state: () => GatewayState;
  #registry: Promise<ToolRegistry> | undefined;

  constructor(state: () => GatewayState) {
    this.#state = state;
  }

  registry(): Promise<ToolRegistry> {
    return this.#registry ??= this.#build();
  }

  async #build(): Promise<ToolRegistry> {
    const [{ builtInTools }, { createToolHost }] = await Promise.all([
      import("../../agents/tools/mod.ts"),
      import("./host.ts"),
    ]);
    return builtInTools(createToolHost(this.#state()));
  }
}
