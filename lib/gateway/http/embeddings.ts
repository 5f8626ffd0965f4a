/**
 * Makes the embeddings that HTTP clients ask for, with the backend of their agent.
 *
 * @module
 */
import { findAgent, primaryModel } from "../../agents/mod.ts";
import { AppError, errorMessage } from "../../base/mod.ts";
import { resolveMemorySearch } from "../../config/mod.ts";
import type { HttpEmbedRequest, HttpEmbedResult } from "../../http/mod.ts";
import { formatModelRef } from "../../models/mod.ts";
import type { GatewayState } from "../state.ts";
import { errorEvent, withoutSecrets } from "./runs.ts";

/** Makes embeddings; what goes wrong is part of the answer. */
export async function embed(
  state: GatewayState,
  request: HttpEmbedRequest,
): Promise<HttpEmbedResult> {
  try {
    return await makeVectors(state, request);
  } catch (thrown) {
    if (!(thrown instanceof AppError) && !request.signal.aborted) {
      state.log.error(`embeddings failed: ${errorMessage(thrown)}`);
    }
    return withoutSecrets(errorEvent(thrown), state.secrets.redaction);
  }
}

async function makeVectors(
  state: GatewayState,
  { agentId, input, model, dimensions, signal }: HttpEmbedRequest,
): Promise<HttpEmbedResult> {
  const snapshot = state.agents();
  const agent = findAgent(snapshot, agentId);
  const backend = await snapshot.catalog.embeddings({
    ...resolveMemorySearch(state.config().config, agentId),
    usual: () => primaryModel(snapshot, agent).provider,
    ...(model === undefined ? {} : { asked: model }),
  });
  const { vectors, promptTokens } = await backend.embed({
    input,
    signal,
    ...(dimensions === undefined ? {} : { dimensions }),
  });
  return {
    type: "vectors",
    vectors,
    backend: formatModelRef(backend.ref),
    ...(promptTokens === undefined ? {} : { promptTokens }),
  };
}
