/**
 * The parsed options of one command line, read by name.
 *
 * @module
 */

/** A parsed option: a flag, one value, or all values of a repeated option. */
export type OptionValue = boolean | string | number | readonly string[];

/** Options by their long name; a name that was not given answers with nothing. */
export class OptionValues {
  readonly #values: ReadonlyMap<string, OptionValue>;

  constructor(values: ReadonlyMap<string, OptionValue> = new Map()) {
    this.#values = values;
  }

  /** Whether the option was given. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Whether a flag was given. */
  flag(name: string): boolean {
    return this.#values.get(name) === true;
  }

  /** The value of a `text` option. */
  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === "string" ? value : undefined;
  }

  /** The value of an `integer` or `port` option. */
  number(name: string): number | undefined {
    const value = this.#values.get(name);
    return typeof value === "number" ? value : undefined;
  }

  /** All values of a `list` option. */
  list(name: string): readonly string[] {
    const value = this.#values.get(name);
    return Array.isArray(value) ? value : [];
  }
}
