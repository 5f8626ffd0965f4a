/**
 * Looks at one gateway: can it be reached, as whom, and what does it say of itself.
 *
 * @module
 */
import { AppError, errorMessage } from "../../base/mod.ts";
import { connectTo } from "./connection.ts";
import type { CommandContext } from "../table.ts";
import type { Target } from "./target.ts";

/** Failures of a connect that only a gateway can cause. */
const REFUSALS = [
  "GATEWAY_AUTH_FAILED",
  "GATEWAY_PAIRING_REQUIRED",
  "GATEWAY_PROTOCOL_MISMATCH",
  "GATEWAY_STARTING",
];

/** What a connection may do, best last. */
export const CAPABILITIES = [
  "unknown",
  "pairing_pending",
  "connected_no_operator_scope",
  "read_only",
  "write_capable",
  "admin_capable",
] as const;

/** One of {@linkcode CAPABILITIES}. */
export type Capability = typeof CAPABILITIES[number];

/** The outcome of a look at a gateway. */
export interface Probe {
  /** Whether the handshake succeeded. */
  readonly isConnected: boolean;
  readonly url: string;
  /** From the first packet to hello, rounded. */
  readonly latencyMs: number | null;
  readonly role: string | null;
  readonly scopes: readonly string[];
  readonly capability: Capability;
  readonly server: { readonly version: string; readonly connId: string } | null;
  /** Answers by method; a failed one is in {@linkcode failures} instead. */
  readonly answers: Readonly<Record<string, unknown>>;
  readonly failures: Readonly<Record<string, string>>;
  /** Whether a gateway is there and said no. */
  readonly isRefused: boolean;
  /** Why the handshake failed. */
  readonly error: string | null;
  readonly hint: string | null;
  readonly close: { readonly code: number; readonly reason: string } | null;
}

/** How to look. */
export interface ProbeOptions {
  /** Budget of the whole look in milliseconds. */
  readonly timeoutMs: number;
  /** Read methods to call once connected. */
  readonly methods: readonly string[];
  /** `probe` unless given. */
  readonly mode?: "cli" | "probe";
}

/** Connects, asks, and reports; never throws for what the gateway does. */
export async function probeGateway(
  context: CommandContext,
  target: Target,
  options: ProbeOptions,
): Promise<Probe> {
  const startedAt = context.clock.monotonic();
  const elapsed = () => Math.round(context.clock.monotonic() - startedAt);
  try {
    const client = await connectTo(context, target, {
      timeoutMs: options.timeoutMs,
      mode: options.mode ?? "probe",
      // Even a look that reads nothing asks for reading, to say what the credential allows.
      methods: ["status", ...options.methods],
    });
    try {
      const latencyMs = elapsed();
      const { auth, server } = client.hello;
      const remainingMs = Math.max(1, options.timeoutMs - latencyMs);
      const { answers, failures } = await askAll(
        options.methods,
        (method) => client.request(method, {}, { timeoutMs: remainingMs }),
      );
      return {
        isConnected: true,
        url: target.url,
        latencyMs,
        role: auth.role,
        scopes: auth.scopes,
        capability: capabilityOf(auth.scopes),
        server: { version: server.version, connId: server.connId },
        answers,
        failures,
        isRefused: false,
        error: null,
        hint: null,
        close: null,
      };
    } finally {
      client.close();
    }
  } catch (error) {
    return failedProbe(target, error);
  }
}

async function askAll(
  methods: readonly string[],
  ask: (method: string) => Promise<unknown>,
): Promise<{ answers: Record<string, unknown>; failures: Record<string, string> }> {
  const answers: Record<string, unknown> = {};
  const failures: Record<string, string> = {};
  await Promise.all(methods.map(async (method) => {
    try {
      answers[method] = await ask(method);
    } catch (error) {
      failures[method] = errorMessage(error);
    }
  }));
  return { answers, failures };
}

function failedProbe(target: Target, error: unknown): Probe {
  const known = error instanceof AppError ? error : undefined;
  const code = known?.details?.closeCode;
  return {
    isConnected: false,
    url: target.url,
    latencyMs: null,
    role: null,
    scopes: [],
    capability: known?.code === "GATEWAY_PAIRING_REQUIRED" ? "pairing_pending" : "unknown",
    server: null,
    answers: {},
    failures: {},
    isRefused: known !== undefined && REFUSALS.includes(known.code),
    error: errorMessage(error),
    hint: known?.hint ?? null,
    close: typeof code === "number"
      ? { code, reason: String(known?.details?.closeReason ?? "") }
      : null,
  };
}

/** What the scopes of a connection allow. */
export function capabilityOf(scopes: readonly string[]): Capability {
  if (scopes.includes("operator.admin")) return "admin_capable";
  if (scopes.includes("operator.write")) return "write_capable";
  return scopes.includes("operator.read") ? "read_only" : "connected_no_operator_scope";
}

/** A capability as people read it: `read-only`. */
export function shownCapability(capability: Capability): string {
  return capability.replaceAll("_", "-");
}
