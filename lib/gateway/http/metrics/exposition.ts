/**
 * The text format of Prometheus (version 0.0.4), and the two kinds of figures that have to be kept.
 *
 * @module
 */

/** Names and values that tell the samples of one figure apart. */
export type Labels = Readonly<Record<string, string>>;

/** One line of a figure. */
export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
  /** Added to the figure's name, such as `_sum`. */
  readonly suffix?: string;
}

/** One figure with its samples. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly samples: readonly Sample[];
}

/** Writes figures as Prometheus reads them. */
export function exposition(families: readonly Family[]): string {
  return families.map(({ name, help, type, samples }) => {
    const lines = samples.map(({ labels = {}, value, suffix = "" }) =>
      `${name}${suffix}${labelText(labels)} ${numberText(value)}`
    );
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
  }).join("");
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "+Inf" : "-Inf";
}

/** Counts by labels. Labels must be of a bounded number of values: nothing is ever forgotten. */
export class Counter {
  readonly #values = new Map<string, { labels: Labels; value: number }>();

  /** @param amount Not negative. */
  add(labels: Labels, amount = 1): void {
    const key = JSON.stringify(labels);
    const known = this.#values.get(key);
    if (known === undefined) this.#values.set(key, { labels, value: amount });
    else known.value += amount;
  }

  samples(): Sample[] {
    return [...this.#values.values()];
  }
}

interface Buckets {
  readonly labels: Labels;
  /** One more than there are bounds: what is above the last one. */
  readonly counts: number[];
  sum: number;
}

/** Counts values by size, by labels. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Buckets>();

  /** @param bounds Upper ends, ascending. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
  }

  observe(value: number, labels: Labels = {}): void {
    const key = JSON.stringify(labels);
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { labels, counts: new Array<number>(this.#bounds.length + 1).fill(0), sum: 0 };
      this.#series.set(key, series);
    }
    const found = this.#bounds.findIndex((bound) => value <= bound);
    series.counts[found < 0 ? this.#bounds.length : found]!++;
    series.sum += value;
  }

  samples(): Sample[] {
    return [...this.#series.values()].flatMap(({ labels, counts, sum }) => {
      let count = 0;
      const buckets = counts.map((each, index): Sample => {
        count += each;
        const le = numberText(this.#bounds[index] ?? Infinity);
        return { suffix: "_bucket", labels: { ...labels, le }, value: count };
      });
      return [...buckets, { suffix: "_sum", labels, value: sum }, {
        suffix: "_count",
        labels,
        value: count,
      }];
    });
  }
}
