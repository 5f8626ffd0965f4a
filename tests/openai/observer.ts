/**
 * What the gateway says of its runs, asked for over its own protocol.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { type Frame, TestSocket } from "../harness/socket.ts";

const WAIT_MS = 5_000;
const STEP_MS = 10;

/** A connection of the owner. */
export class Observer implements AsyncDisposable {
  readonly #socket: TestSocket;

  private constructor(socket: TestSocket) {
    this.#socket = socket;
  }

  /** @param url `ws://127.0.0.1:<port>`. */
  static async connect(url: string, token: string): Promise<Observer> {
    return new Observer(await TestSocket.connect(url, token));
  }

  async #ask(method: string, params: unknown): Promise<Frame> {
    const answer = await this.#socket.call(method, params);
    assert(answer.ok, `${method}: ${JSON.stringify(answer.error)}`);
    return answer.payload;
  }

  /** The row of the session whose first message has `text` in it. */
  async #sessionOf(text: string): Promise<Frame | undefined> {
    const { sessions } = await this.#ask("sessions.list", { includeDerivedTitles: true });
    return (sessions as Frame[]).find(({ derivedTitle }) => derivedTitle?.includes(text));
  }

  /** Sessions that a run works on now. */
  async activeCount(): Promise<number> {
    const { sessions } = await this.#ask("sessions.list", {});
    return (sessions as Frame[]).filter(({ hasActiveRun }) => hasActiveRun).length;
  }

  /**
   * Waits until the run of the session that `text` began is over, and checks that it was ended before
   * its time: the session says so, and so does its transcript.
   */
  async assertAborted(text: string): Promise<void> {
    const deadline = performance.now() + WAIT_MS;
    let row = await this.#sessionOf(text);
    while (row === undefined || row.hasActiveRun) {
      assert(
        performance.now() < deadline,
        `The run of "${text}" is not over: ${JSON.stringify(row)}`,
      );
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
      row = await this.#sessionOf(text);
    }
    assertEquals(row.abortedLastRun, true);
    const { messages } = await this.#ask("chat.history", { sessionKey: row.key });
    const last = (messages as Frame[]).at(-1)!;
    assertEquals([last.role, last.stopReason], ["assistant", "aborted"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket[Symbol.asyncDispose]();
  }
}
