/** Re-exports the terminal colours of the standard library from its npm build. */
// @ts-types="./colors.d.ts"
export {
  bold,
  cyan,
  dim,
  gray,
  green,
  red,
  setColorEnabled,
  stripAnsiCode,
  yellow,
} from "npm:deno-std@1.4.0/fmt/colors.js";
