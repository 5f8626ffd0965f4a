/**
 * The mark around text that came from outside, so that an agent does not take it for orders.
 *
 * @module
 */
import { randomHex } from "./ids.ts";

const BEGIN = "EXTERNAL_UNTRUSTED_CONTENT";
const END = "END_EXTERNAL_UNTRUSTED_CONTENT";
/**
 * Either mark, in any case, also with look-alikes of the angle brackets and of the underscore. Every
 * repetition is bounded: the text is as long as a request.
 */
const MARK =
  /[<\uff1c\u3008\u2039\u27e8]{2,8}\s{0,4}(?:END[_\uff3f\s-]{0,4})?EXTERNAL[_\uff3f\s-]{0,4}UNTRUSTED[_\uff3f\s-]{0,4}CONTENT(?:[^>\uff1e\u3009\u203a\u27e9\n]{0,80}[>\uff1e\u3009\u203a\u27e9]{1,8})?/gi;

/**
 * Marks text as foreign. Marks within the text are taken out; the id is new each time, so that nobody
 * can write the end of the block ahead of it.
 *
 * @param source Where the text came from, in a word.
 */
export function untrustedBlock(text: string, source: string): string {
  const id = randomHex(8);
  return [
    `<<<${BEGIN} id="${id}">>>`,
    `Source: ${source}`,
    "---",
    text.replace(MARK, "[mark removed]"),
    `<<<${END} id="${id}">>>`,
  ].join("\n");
}
