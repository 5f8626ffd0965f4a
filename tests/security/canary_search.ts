/**
 * Looks for planted secrets in whatever leaves a gateway.
 *
 * @module
 */
import { join } from "@std/path";
import type { Canary } from "./canary_world.ts";

/** Where a secret was found. */
export interface Hit {
  readonly canary: string;
  readonly place: string;
}

/** Collects what was seen, and which secrets were in it. */
export class CanarySearch {
  readonly hits: Hit[] = [];
  /** Texts and files that were looked at. */
  placeCount = 0;
  byteCount = 0;
  readonly #forms: readonly (readonly [Canary, readonly Uint8Array[]])[];

  constructor(canaries: readonly Canary[]) {
    const encoder = new TextEncoder();
    this.#forms = canaries.map((canary) => {
      const { value } = canary;
      const forms = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)];
      forms.push(btoa(value).replace(/=+$/, "").slice(0, -2));
      return [canary, [...new Set(forms)].map((form) => encoder.encode(form))] as const;
    });
  }

  /** Looks at a text. */
  text(place: string, text: string): void {
    this.#look(place, new TextEncoder().encode(text), () => true);
  }

  /** Looks at every file below a folder; a secret that the user wrote may be in the configuration. */
  async folder(dir: string): Promise<void> {
    for await (const { name, isDirectory, isFile } of Deno.readDir(dir)) {
      const path = join(dir, name);
      if (isDirectory) await this.folder(path);
      if (!isFile) continue;
      const holdsConfig = /^openclaw\.json(\.last-good)?$/.test(name) ||
        /config-history/.test(path);
      this.#look(path, await Deno.readFile(path), ({ isWritten }) => !holdsConfig || !isWritten);
    }
  }

  #look(place: string, bytes: Uint8Array, counts: (canary: Canary) => boolean): void {
    this.placeCount++;
    this.byteCount += bytes.length;
    const text = latin1(bytes);
    for (const [canary, forms] of this.#forms) {
      if (!counts(canary)) continue;
      if (forms.some((form) => text.includes(latin1(form)))) {
        this.hits.push({ canary: canary.name, place });
      }
    }
  }
}

/** One character a byte, so that any file can be searched as a text. */
function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
