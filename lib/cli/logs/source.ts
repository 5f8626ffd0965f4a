/**
 * Where the log comes from: the gateway, or its file on this machine.
 *
 * @module
 */
import { AppError, isObject } from "../../base/mod.ts";
import type { GatewayClient } from "../../protocol/client/mod.ts";
import type { LogChunk, LogQuery } from "./types.ts";
import type { ConfigState } from "../remote/config_state.ts";
import { connectTo, explainFailure } from "../remote/connection.ts";
import type { CommandContext } from "../table.ts";
import type { Target } from "../remote/target.ts";

/** Gives pieces of the log, one after another. */
export interface LogSource {
  read(query: LogQuery): Promise<LogChunk>;
  close(): void;
}

/** Asks the gateway, over one connection that is opened with the first piece. */
export class GatewayLogSource implements LogSource {
  readonly #context: CommandContext;
  readonly #target: Target;
  readonly #timeoutMs: number;
  #client: GatewayClient | undefined;

  constructor(context: CommandContext, target: Target, timeoutMs: number) {
    this.#context = context;
    this.#target = target;
    this.#timeoutMs = timeoutMs;
  }

  async read({ cursor, limit, maxBytes }: LogQuery): Promise<LogChunk> {
    this.#client ??= await connectTo(this.#context, this.#target, {
      timeoutMs: this.#timeoutMs,
      methods: ["logs.tail"],
    });
    const params = { limit, maxBytes, ...(cursor === undefined ? {} : { cursor }) };
    try {
      return checkChunk(
        await this.#client.request("logs.tail", params, { timeoutMs: this.#timeoutMs }),
      );
    } catch (error) {
      this.close();
      throw explainFailure(error, this.#target, this.#context);
    }
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }
}

/** Reads the file that the config names, or today's usual one. */
export class FileLogSource implements LogSource {
  readonly #context: CommandContext;
  readonly #state: ConfigState;

  constructor(context: CommandContext, state: ConfigState) {
    this.#context = context;
    this.#state = state;
  }

  async read(query: LogQuery): Promise<LogChunk> {
    const { readLogTail } = await import("../../platform/mod.ts");
    const { configPath } = this.#state.paths;
    const file = await logFilePath(this.#context, this.#state);
    return await readLogTail(file, { ...query, configPath });
  }

  close(): void {}
}

/** The log file that a gateway with this config writes today. */
export async function logFilePath(context: CommandContext, state: ConfigState): Promise<string> {
  const [{ resolveLogging }, { createLogging }] = await Promise.all([
    import("../../config/mod.ts"),
    import("../../platform/mod.ts"),
  ]);
  const { config, env } = state.snapshot;
  const { file } = resolveLogging({ config, env, isTty: context.host.isTty });
  if (file !== undefined) return file;
  // Only asked for the name: nothing is opened or written.
  const logging = createLogging({
    clock: context.clock,
    env,
    level: "info",
    consoleLevel: "silent",
    redact: (text) => text,
    stdoutIsTty: false,
    hostname: "",
    version: "",
  });
  try {
    return logging.filePath ?? "";
  } finally {
    await logging.close();
  }
}

function checkChunk(value: unknown): LogChunk {
  if (isObject(value) && Array.isArray(value.lines) && typeof value.cursor === "number") {
    return value as unknown as LogChunk;
  }
  throw new AppError("RPC_FAILED", "Cannot read the log: the gateway gave no lines", {
    hint: "openclaw gateway status",
  });
}
