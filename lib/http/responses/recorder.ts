/**
 * Keeps one response for its owner, when that was asked for.
 *
 * @module
 */
import type { HttpResponseStore, HttpStoredResponse } from "../response_types.ts";
import type { HttpRunEvent } from "../types.ts";
import type { ResponseMaker } from "./maker.ts";

/** Writes a response to the store as it stands. */
export class Recorder {
  readonly #store: HttpResponseStore;
  readonly #about: Omit<HttpStoredResponse, "response" | "place">;
  readonly #maker: ResponseMaker;
  readonly #isStored: boolean;

  constructor(
    store: HttpResponseStore,
    about: Omit<HttpStoredResponse, "response" | "place">,
    { maker, isStored }: { maker: ResponseMaker; isStored: boolean },
  ) {
    this.#store = store;
    this.#about = about;
    this.#maker = maker;
    this.#isStored = isStored;
  }

  /** Keeps a response that has not ended. */
  async keepUnderWay(): Promise<void> {
    await this.#store.save({ ...this.#about, response: this.#maker.response });
  }

  /** Keeps the response as its run's last event left it; on disk when this resolves. */
  async keep(final: HttpRunEvent): Promise<void> {
    if (!this.#isStored) return;
    const place = final.type === "end" && final.place ? { place: final.place } : {};
    const { response, pieces } = this.#maker;
    await this.#store.save({ ...this.#about, response, pieces, ...place });
  }
}
