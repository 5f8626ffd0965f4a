/**
 * Random choices that can be made again.
 *
 * @module
 */

/** The seed of a test: that of `OPENCLAW_TEST_SEED`, else one of its own for every name. */
export function seedOf(name: string): number {
  const given = Number(Deno.env.get("OPENCLAW_TEST_SEED"));
  if (given) return given;
  return [...name].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 17);
}

/** A generator with a seed. */
export class Dice {
  readonly #seed: number;
  #state: number;

  constructor(seed: number) {
    this.#seed = seed;
    this.#state = seed >>> 0;
  }

  /** A number from 0 to 1, 1 excluded. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let value = this.#state;
    value = Math.imul(value ^ (value >>> 15), value | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0, below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** A message that says how to come back here. */
  told(text: string): string {
    return `OPENCLAW_TEST_SEED=${this.#seed}: ${text}`;
  }
}
