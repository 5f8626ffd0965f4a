/**
 * The secrets of a running gateway: prepared before a configuration comes into force, looked up again
 * on demand, and told of when that fails.
 *
 * @module
 */
import { AppError, KeyedQueue, type Logger, RedactionSet } from "../../base/mod.ts";
import { collectSecrets, type ConfigPaths, type ConfigSnapshot } from "../../config/mod.ts";
import {
  assertResolved,
  describeProblems,
  resolveRuntime,
  type RuntimeSecrets,
  type SurfaceFlags,
} from "../../secrets/mod.ts";
import { mainSessionKey } from "../../sessions/mod.ts";
import type { GatewayState } from "../state.ts";
import type { SecretsControl } from "./types.ts";

const QUEUE_KEY = "reload";
/** A configuration that changes while its secrets are looked up is looked at again. */
const MAX_ATTEMPTS = 3;

/** What {@linkcode GatewaySecrets} needs. */
export interface GatewaySecretsOptions {
  readonly log: Logger;
  /** What the command line has, which goes before the configuration. */
  readonly flags?: SurfaceFlags | undefined;
  readonly redaction?: RedactionSet | undefined;
  readonly paths: ConfigPaths;
  /** Asked for when something happens, not before the gateway is put together. */
  readonly state: () => GatewayState;
}

/** See {@linkcode SecretsControl}. */
export class GatewaySecrets implements SecretsControl {
  readonly redaction: RedactionSet;
  readonly #options: GatewaySecretsOptions;
  readonly #queue = new KeyedQueue();
  /** Whether secrets are in force that could not be looked up again. */
  #isDegraded = false;

  constructor(options: GatewaySecretsOptions) {
    this.#options = options;
    this.redaction = options.redaction ?? new RedactionSet();
  }

  /**
   * The configuration of the start.
   *
   * @throws {AppError} `SECRET_UNRESOLVED` when a pointer leads nowhere.
   */
  async start(snapshot: ConfigSnapshot): Promise<ConfigSnapshot> {
    if (snapshot.resolved) return this.#hide(snapshot);
    const runtime = await resolveRuntime(snapshot, this.#options);
    this.#warn(runtime);
    assertResolved(runtime.problems, "Startup failed");
    return this.#hide(runtime.snapshot);
  }

  async prepare(snapshot: ConfigSnapshot): Promise<ConfigSnapshot> {
    const { flags, state, paths } = this.#options;
    const lastGood = state().config();
    const runtime = await resolveRuntime(snapshot, { flags, lastGood, paths });
    const { values } = runtime.snapshot.resolved!;
    assertResolved(
      runtime.problems.filter(({ path }) => !values.has(path)),
      "active SecretRef resolution failed",
    );
    this.#warn(runtime);
    await this.#tell(runtime);
    return this.#hide(runtime.snapshot);
  }

  reload(): Promise<number> {
    return this.#queue.run(QUEUE_KEY, () => this.#reload(1));
  }

  async #reload(attempt: number): Promise<number> {
    const state = this.#options.state();
    const inForce = state.config();
    const runtime = await resolveRuntime(inForce, {
      flags: this.#options.flags,
      paths: this.#options.paths,
      lastGood: inForce,
    });
    if (state.config() !== inForce && attempt < MAX_ATTEMPTS) {
      return await this.#reload(attempt + 1);
    }
    this.#warn(runtime);
    await this.#tell(runtime);
    if (runtime.problems.length > 0 || state.config() !== inForce) throw reloadFailed(runtime);
    state.replaceConfig(this.#hide(runtime.snapshot));
    return runtime.warnings.length;
  }

  #warn({ warnings }: RuntimeSecrets): void {
    for (const { code, path, message } of warnings) {
      this.#options.log.warn(`[${code}] ${path}: ${message}`);
    }
  }

  /** Tells the default agent once when secrets cannot be looked up, and once when they can again. */
  async #tell({ problems }: RuntimeSecrets): Promise<void> {
    const isDegraded = problems.length > 0;
    if (isDegraded) {
      this.#options.log.error(`secrets in force stay: ${describeProblems(problems)}`);
    }
    if (isDegraded === this.#isDegraded) return;
    this.#isDegraded = isDegraded;
    const text = isDegraded
      ? "[SECRETS_RELOADER_DEGRADED] Secrets could not be looked up again, the last good ones stay " +
        `in force: ${describeProblems(problems)}`
      : "[SECRETS_RELOADER_RECOVERED] All secrets could be looked up again.";
    if (!isDegraded) this.#options.log.info("all secrets could be looked up again");
    const { store, agents } = this.#options.state();
    await store.addSystemEvent(mainSessionKey(agents().defaultId), this.redaction.redact(text));
  }

  #hide(snapshot: ConfigSnapshot): ConfigSnapshot {
    hideSecrets(snapshot, this.redaction);
    return snapshot;
  }
}

/** Registers every secret of a configuration, written and looked up. */
export function hideSecrets(snapshot: ConfigSnapshot, redaction: RedactionSet): void {
  for (const secret of collectSecrets(snapshot.config)) redaction.add(secret);
  for (const secret of snapshot.resolved?.values.values() ?? []) redaction.add(secret);
  for (const profiles of snapshot.resolved?.profiles?.values() ?? []) {
    for (const secret of profiles.values()) redaction.add(secret);
  }
}

function reloadFailed({ problems }: RuntimeSecrets): AppError {
  const why = problems.length === 0
    ? "the configuration kept changing"
    : describeProblems(problems);
  return new AppError(
    "SECRETS_RELOAD_FAILED",
    `Secrets reload failed, the last good ones stay in force: ${why}`,
    { hint: "openclaw secrets audit --check", retryable: true },
  );
}
