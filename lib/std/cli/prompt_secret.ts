/** Re-exports the secret prompt of the standard library from its npm build. */
// @ts-types="./prompt_secret.d.ts"
export { promptSecret } from "npm:deno-std@1.4.0/cli/prompt_secret.js";
