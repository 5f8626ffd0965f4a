/** Re-exports the argument parser of the standard library from its npm build. */
// @ts-types="./parse_args.d.ts"
export { parseArgs } from "npm:deno-std@1.4.0/cli/parse_args.js";
