/**
 * The one way in which methods change the configuration: one write after another, each on the file as
 * it is, each in force for new runs before its caller is answered.
 *
 * @module
 */
import { AppError, type JsonObject } from "../../../base/mod.ts";
import {
  assertHooksUsable,
  type ConfigSnapshot,
  editConfig,
  evaluateConfig,
  type GatewayCredentials,
  type VersionOrigin,
  writeConfig,
} from "../../../config/mod.ts";
import type { RestartResult } from "../../../protocol/mod.ts";
import type { GatewayState } from "../../state.ts";
import { readFile } from "./read.ts";

/** Tries of a change that does not depend on the rest of the file, when others write as well. */
const MAX_ATTEMPTS = 3;

/** A text to write. */
export interface PlannedWrite {
  readonly raw: string;
  /** Sections of which the client named what is lost. */
  readonly replaceSections?: readonly string[];
  /** Set for a change of which nothing can be lost by accident. */
  readonly force?: boolean;
  /** Least time before a restart that follows from it. */
  readonly restartDelayMs?: number | undefined;
}

/** For changes whose method does not say who asked for them. */
const GATEWAY: VersionOrigin = { by: "gateway", action: "change" };

/** What became of a write. */
export interface ConfigChange {
  /** The configuration as it is now. */
  readonly snapshot: ConfigSnapshot;
  /** Whether the file already said so. */
  readonly isNoop: boolean;
  /** Changed paths that wait for the next start. */
  readonly restartPaths: readonly string[];
  /** The restart that was asked for, where this gateway can be started again. */
  readonly restart?: RestartResult["restart"];
}

/** Writes the configuration for all methods of one gateway. */
export class ConfigEditor {
  readonly #state: GatewayState;

  constructor(state: GatewayState) {
    this.#state = state;
  }

  /**
   * Replaces the text of the file.
   *
   * @param baseHash Hash of the file that the client has seen.
   * @param plan Makes the text from the file as it is; `undefined` when nothing changes.
   * @throws {AppError} `CONFIG_CHANGED` when the client has seen another file, what `plan` throws, or
   * what {@linkcode writeConfig} refuses with.
   */
  replace(
    baseHash: string | undefined,
    plan: (current: ConfigSnapshot) => Promise<PlannedWrite | undefined>,
    origin: VersionOrigin = GATEWAY,
  ): Promise<ConfigChange> {
    return this.#state.reloader.exclusive(async () => {
      const current = await this.#read();
      if (current.exists && baseHash !== current.hash) throw staleBase(baseHash);
      return await this.#write(current, await plan(current), origin);
    });
  }

  /**
   * Changes values and leaves the rest of the file as it is.
   *
   * @param change Makes the wanted configuration from what the file says.
   * @throws {AppError} What `change` throws, or what {@linkcode writeConfig} refuses with.
   */
  change(
    change: (parsed: JsonObject) => JsonObject,
    origin: VersionOrigin = GATEWAY,
  ): Promise<ConfigChange> {
    return this.#state.reloader.exclusive(() => this.#change(change, origin, 1));
  }

  async #change(
    change: (parsed: JsonObject) => JsonObject,
    origin: VersionOrigin,
    attempt: number,
  ): Promise<ConfigChange> {
    const current = await this.#read();
    assertEditable(current);
    const raw = await editConfig(current.raw, change(current.parsed));
    try {
      const write = raw === current.raw ? undefined : { raw, force: true };
      return await this.#write(current, write, origin);
    } catch (error) {
      // Another process wrote between reading and writing: the change is made on its text.
      const isLate = error instanceof AppError && error.code === "CONFIG_CHANGED";
      if (!isLate || attempt === MAX_ATTEMPTS) throw error;
      return await this.#change(change, origin, attempt + 1);
    }
  }

  #read(): Promise<ConfigSnapshot> {
    return readFile(this.#state);
  }

  /** Looks up the secrets of a text before it is written; an invalid text is for the writer to refuse. */
  async #prepare(raw: string): Promise<ConfigSnapshot> {
    const { paths, secrets, config, reloader } = this.#state;
    const snapshot = await evaluateConfig({ env: config().processEnv, paths, raw });
    if (!snapshot.valid) return snapshot;
    let prepared: ConfigSnapshot;
    try {
      prepared = await secrets.prepare(snapshot);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "SECRET_UNRESOLVED") throw error;
      throw asInvalid(error);
    }
    assertHooksUsable(prepared.config, this.#credentials(prepared));
    try {
      reloader.assertStartable(prepared);
    } catch (error) {
      throw error instanceof AppError ? asInvalid(error) : error;
    }
    return prepared;
  }

  /** What opens the gateway, now or with the configuration to come. */
  #credentials({ config }: ConfigSnapshot): GatewayCredentials {
    const { authenticator } = this.#state;
    const token = config.hooks?.token?.trim();
    if (token && authenticator.isSecret(token)) return { token };
    const { auth } = config.gateway ?? {};
    const textOf = (value: unknown) => typeof value === "string" ? value.trim() : undefined;
    return { token: textOf(auth?.token), password: textOf(auth?.password) };
  }

  async #write(
    current: ConfigSnapshot,
    write: PlannedWrite | undefined,
    origin: VersionOrigin,
  ): Promise<ConfigChange> {
    const state = this.#state;
    const inForce = state.config();
    const { reloader } = state;
    if (!write) {
      // The file may have been changed by hand: what it says is in force once it is confirmed.
      if (current.valid && current.revision !== inForce.revision) {
        await reloader.acceptWrite(await state.secrets.prepare(current));
      }
      return { snapshot: current, isNoop: true, restartPaths: [] };
    }
    const { raw, restartDelayMs, ...allowed } = write;
    const { config, resolved } = await this.#prepare(raw);
    const { snapshot } = await writeConfig({
      paths: state.paths,
      env: inForce.processEnv,
      clock: state.clock,
      baseHash: current.hash,
      raw,
      ...allowed,
      origin,
    });
    const { plan, restart } = await reloader.acceptWrite(
      { ...snapshot, config, ...(resolved ? { resolved } : {}) },
      restartDelayMs,
    );
    return {
      snapshot,
      isNoop: false,
      restartPaths: plan.restartPaths,
      ...(restart ? { restart: restart.restart } : {}),
    };
  }
}

/** What a gateway would not come into force with, as a fault of the text. */
function asInvalid(error: AppError): AppError {
  return new AppError("CONFIG_INVALID", `invalid config: ${error.message}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.details === undefined ? {} : { details: error.details }),
    cause: error,
  });
}

/** @throws {AppError} `CONFIG_INVALID` when the file cannot be built on. */
export function assertEditable(current: ConfigSnapshot): void {
  if (current.valid) return;
  throw new AppError("CONFIG_INVALID", "invalid config; fix before patching", {
    hint: "openclaw config validate",
    details: { issues: current.issues.map(({ path, message }) => ({ path, message })) },
  });
}

function staleBase(baseHash: string | undefined): AppError {
  const message = baseHash === undefined
    ? "config base hash required; re-run config.get and retry"
    : "config changed since last load; re-run config.get and retry";
  return new AppError("CONFIG_CHANGED", message, {
    hint: "openclaw gateway call config.get",
    retryable: true,
  });
}
