/**
 * The Responses dialect: requests, their streams, and responses that are kept.
 *
 * @module
 */
export { createResponse } from "./create.ts";
export { answerStored } from "./stored.ts";
