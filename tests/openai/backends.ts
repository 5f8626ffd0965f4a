/**
 * What stands behind the gateway that clients talk to, and what to say so that it does something.
 *
 * @module
 */
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { Observer } from "./observer.ts";

/** A running gateway; dispose of it. */
export interface Host extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly httpUrl: string;
  readonly token: string;
}

/** Starts a gateway with a configuration. */
export type StartHost = (config: Record<string, unknown>) => Promise<Host>;

/** The messages that a backend understands. */
export interface Lines {
  readonly chat: { readonly says: string; readonly reply: RegExp };
  /** Turns of one conversation in which `weather` is called twice and `local_time` once. */
  readonly tools: readonly string[];
  /** Answered by an object of {@linkcode CITY_SCHEMA} when one is asked for. */
  readonly structured: string;
  /** Answered so slowly that there is time to go away. */
  readonly slow: string;
  /** Refused by the provider for now; only where there is a provider. */
  readonly limited?: string;
}

/** A gateway with a backend, ready for clients. */
export interface Backend extends AsyncDisposable {
  readonly name: string;
  /** Without `/v1`. */
  readonly httpUrl: string;
  /** Base URL for OpenAI clients, ending in `/v1`. */
  readonly baseURL: string;
  readonly token: string;
  readonly lines: Lines;
  readonly observer: Observer;
}

/** Seconds that a caller is locked out for after {@linkcode LOCKING_GUESSES} wrong keys. */
export const LOCK_SECONDS = 1;
/** Wrong keys in a row that lock a caller out. */
export const LOCKING_GUESSES = 3;

/** The gateway locks out callers of this machine, too, and soon. */
const GATEWAY_CONFIG = {
  mode: "local",
  bind: "loopback",
  auth: {
    rateLimit: {
      maxAttempts: LOCKING_GUESSES,
      lockoutMs: LOCK_SECONDS * 1000,
      exemptLoopback: false,
    },
  },
};

const DEMO_LINES: Lines = {
  chat: { says: "hello there", reply: /Offline demo.*"hello there"/ },
  tools: ['Call weather and local_time for "Bern"', 'Call weather for "Oslo"'],
  structured: 'Tell me of the city "Bern"',
  slow: "count to 200",
};

const AIMOCK_LINES: Lines = {
  chat: { says: "hello there", reply: /^Hello from the mock$/ },
  tools: ["plan the trip"],
  structured: "name a city",
  slow: "take your time",
  limited: "too many at once",
};

/** A gateway inside this process. */
export const startHere: StartHost = async (config) => {
  const gateway = await TestGateway.start({ config });
  return {
    httpUrl: gateway.httpUrl,
    token: TOKEN,
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
};

/** A gateway that no provider is configured for. */
export async function startDemoBackend(start: StartHost = startHere): Promise<Backend> {
  return await openBackend("demo", await start({ gateway: GATEWAY_CONFIG }), DEMO_LINES);
}

/** A gateway with the mock provider behind it. */
export async function startAimockBackend(start: StartHost = startHere): Promise<Backend> {
  const worker = new Worker(new URL("./aimock_worker.ts", import.meta.url), { type: "module" });
  const port = await new Promise<number>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
  const host = await start(aimockConfig(`http://127.0.0.1:${port}/v1`));
  return await openBackend("aimock", host, AIMOCK_LINES, () => worker.terminate());
}

function aimockConfig(baseUrl: string): Record<string, unknown> {
  const apiKey = "mock-key-1234";
  return {
    gateway: GATEWAY_CONFIG,
    agents: {
      defaults: {
        model: "mock/m1",
        skipBootstrap: true,
        memorySearch: {
          provider: "openai",
          model: "text-embedding-3-small",
          remote: { baseUrl, apiKey },
        },
      },
    },
    models: {
      mode: "replace",
      providers: {
        mock: {
          baseUrl,
          apiKey,
          api: "openai-completions",
          models: [{ id: "m1", name: "Mock", contextWindow: 128_000 }],
        },
      },
    },
  };
}

async function openBackend(
  name: string,
  host: Host,
  lines: Lines,
  end: () => void = () => {},
): Promise<Backend> {
  const { httpUrl, token } = host;
  const observer = await Observer.connect(httpUrl.replace("http", "ws"), token);
  return {
    name,
    httpUrl,
    baseURL: `${httpUrl}/v1`,
    token,
    lines,
    observer,
    async [Symbol.asyncDispose]() {
      await observer[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
      end();
    },
  };
}
