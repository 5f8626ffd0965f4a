/**
 * `GET /openapi.json`: this interface as programs read it. Loaded with the first question for it.
 *
 * @module
 */
import { JSON_TYPE } from "../errors.ts";
import { buildDocument } from "./document.ts";
import { ENDPOINTS } from "./endpoints.ts";

/** Answers with the document, which is the same for everybody who may read it. */
export async function answerOpenApi(): Promise<Response> {
  document ??= buildDocument(ENDPOINTS).then((built) => JSON.stringify(built));
  return new Response(await document, { headers: { "content-type": JSON_TYPE } });
}

let document: Promise<string> | undefined;
