/**
 * Webhooks as the rest of the gateway sees them. What carries them out is loaded with the first one.
 *
 * @module
 */
import { AppError, errorMessage } from "../../base/mod.ts";
import { type ConfigSnapshot, type ResolvedHooks, resolveHooks } from "../../config/mod.ts";
import type { HttpHooks } from "../../http/mod.ts";
import type { GatewayState } from "../state.ts";
import { HookGuard } from "./guard.ts";
import { HookTable } from "./hook_table.ts";
import type { HookRuns } from "./runs.ts";
import type { HooksControl } from "./types.ts";

const PRESETS: ReadonlySet<string> = new Set(["gmail"]);

/** Follows the configuration; end it with {@linkcode HooksAccess.close}. */
export class HooksAccess implements HooksControl {
  readonly #state: () => GatewayState;
  #guard: HookGuard | undefined;
  #runs: Promise<HookRuns> | undefined;
  #current: { config: ConfigSnapshot; hooks: HttpHooks | undefined } | undefined;
  #recovery: Promise<void> = Promise.resolve();

  /** @param state Asked for when something happens, not before the gateway is put together. */
  constructor(state: () => GatewayState) {
    this.#state = state;
  }

  served(): HttpHooks | undefined {
    const config = this.#state().config();
    if (this.#current?.config !== config) {
      this.#current = { config, hooks: this.#serve(config) };
    }
    return this.#current.hooks;
  }

  start(): void {
    const { store, log } = this.#state();
    const left = new HookTable(store.database).pending();
    if (left.length === 0) return;
    this.#recovery = this.#opened().then((runs) => runs.recover(left)).catch((error) => {
      log.error(`hook: cannot report what an earlier process began: ${errorMessage(error)}`);
    });
  }

  async close(): Promise<void> {
    await this.#recovery;
    await (await this.#runs)?.close();
  }

  #serve({ config }: ConfigSnapshot): HttpHooks | undefined {
    const { log } = this.#state();
    let hooks: ResolvedHooks | undefined;
    try {
      hooks = resolveHooks(config);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.error(`${error.message}; they are off`);
    }
    if (hooks === undefined) return undefined;
    for (const preset of config.hooks?.presets ?? []) {
      if (!PRESETS.has(preset.trim().toLowerCase())) {
        log.warn(`hook: there is no preset "${preset}", only ${[...PRESETS].join(", ")}`);
      }
    }
    return this.#faceOf(hooks);
  }

  #faceOf(hooks: ResolvedHooks): HttpHooks {
    const state = this.#state();
    const guard = this.#guard ??= new HookGuard(state.clock);
    return {
      path: hooks.path,
      maxBodyBytes: hooks.maxBodyBytes,
      authorize: (token, address) => guard.judge(hooks.token, token, address),
      map: async (call) => (await import("./dispatch.ts")).mapHook(state, hooks, call),
      dispatch: async (action, call) => {
        const { dispatchHook } = await import("./dispatch.ts");
        await this.#recovery;
        return await dispatchHook(state, await this.#opened(), hooks, action, call);
      },
    };
  }

  #opened(): Promise<HookRuns> {
    const state = this.#state();
    return this.#runs ??= import("./runs.ts").then(({ HookRuns }) =>
      new HookRuns(state, new HookTable(state.store.database))
    );
  }
}
