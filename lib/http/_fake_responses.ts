/**
 * Kept responses and their limits for the tests of this room.
 *
 * @module
 */
import type {
  HttpResponseJournal,
  HttpResponseLimits,
  HttpResponseStore,
  HttpStoredResponse,
} from "./response_types.ts";

/** Small bounds of images and files. */
export const TEST_LIMITS: HttpResponseLimits = {
  maxUrlParts: 2,
  files: {
    allowUrl: true,
    allowedMimes: ["text/plain", "text/markdown", "application/json", "application/pdf"],
    maxBytes: 2000,
    maxRedirects: 3,
    timeoutMs: 1000,
    maxChars: 100,
    pdf: { maxPages: 2, minTextChars: 20 },
  },
  images: {
    allowUrl: true,
    allowedMimes: ["image/png", "image/jpeg"],
    maxBytes: 1000,
    maxRedirects: 3,
    timeoutMs: 1000,
  },
};

/** Responses in memory; whoever continues one does so in its own session. */
export class FakeResponses implements HttpResponseStore {
  readonly kept = new Map<string, HttpStoredResponse>();
  readonly underWay = new Map<string, AbortController>();
  readonly #journals = new Map<string, HttpResponseJournal>();
  /** Called before a response is kept. */
  onSave: (stored: HttpStoredResponse) => void = () => {};
  #ended = Promise.withResolvers<void>();

  find(id: string, subject: string): HttpStoredResponse | undefined {
    const stored = this.kept.get(id);
    return stored?.subject === subject ? stored : undefined;
  }

  save(stored: HttpStoredResponse): Promise<void> {
    this.onSave(stored);
    this.kept.set(stored.id, stored);
    return Promise.resolve();
  }

  remove(id: string): Promise<boolean> {
    return Promise.resolve(this.kept.delete(id));
  }

  continueFrom(id: string): Promise<string | undefined> {
    return Promise.resolve(this.kept.get(id)?.place?.sessionKey);
  }

  begin(id: string, journal: HttpResponseJournal): { signal: AbortSignal; end(): void } {
    const controller = new AbortController();
    this.#journals.set(id, journal);
    this.underWay.set(id, controller);
    this.#ended = Promise.withResolvers();
    const end = () => {
      this.underWay.delete(id);
      this.#journals.delete(id);
      this.#ended.resolve();
    };
    return { signal: controller.signal, end };
  }

  journal(id: string): HttpResponseJournal | undefined {
    return this.#journals.get(id);
  }

  isUnderWay(id: string): boolean {
    return this.underWay.has(id);
  }

  async cancel(id: string): Promise<void> {
    this.underWay.get(id)?.abort();
    await this.#ended.promise;
  }

  /** Resolves when the newest background response has ended. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }
}
