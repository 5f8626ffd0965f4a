/**
 * What the black-box tests of this folder talk to: a whole gateway and a provider behind it.
 *
 * @module
 */
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { FakeProvider } from "../harness/provider.ts";

/** A gateway that answers OpenAI clients. */
export interface Target extends AsyncDisposable {
  /** Base URL for OpenAI clients, ending in `/v1`. */
  baseURL: string;
  /** The credential it accepts. */
  token: string;
  provider: FakeProvider;
  /** Resolves when no run is under way any more. */
  idle(): Promise<void>;
}

/** Starts a gateway whose one agent, `main`, answers `echo: <message>` in two pieces. */
export async function startTarget(): Promise<Target> {
  const provider = new FakeProvider();
  const gateway = await TestGateway.start({ config: provider.config });
  return {
    baseURL: `${gateway.httpUrl}/v1`,
    token: TOKEN,
    provider,
    async idle() {
      const { runs } = gateway.gateway.state;
      while (runs.activeCount > 0) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}
