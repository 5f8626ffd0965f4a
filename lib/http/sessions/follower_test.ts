import { assertEquals, assertThrows } from "@std/assert";
import { HttpError } from "../errors.ts";
import { HistoryFollower } from "./follower.ts";
import type { HttpHistoryQuery, HttpSessions } from "./types.ts";

/** A session of which the test decides what is in it. */
class FakeSession {
  sessionId = "one";
  lastSeq = 0;
  isGone = false;
  /** What was read, as `history` or `after <seq> <limit>`. */
  readonly reads: string[] = [];
  isFull = false;
  #listener: ((event: "change" | "end") => void) | undefined;

  get isWatched(): boolean {
    return this.#listener !== undefined;
  }

  get sessions(): HttpSessions {
    return {
      canonicalKey: (written) => written,
      end: () => this.isGone ? undefined : { sessionId: this.sessionId, lastSeq: this.lastSeq },
      history: () => {
        this.reads.push("history");
        return { messages: [{ seq: this.lastSeq }] };
      },
      after: (_key, seq, limit) => {
        this.reads.push(`after ${seq} ${limit}`);
        const count = Math.min(limit, this.lastSeq - seq);
        return Array.from({ length: count }, (_, index) => {
          const at = seq + index + 1;
          return { id: `id-${at}`, seq: at, message: { seq: at } };
        });
      },
      watch: (_key, listener) => {
        if (this.isFull) return undefined;
        this.#listener = listener;
        return () => this.#listener = undefined;
      },
      controls: () => false,
      kill: () => Promise.resolve(false),
    };
  }

  tell(event: "change" | "end" = "change"): void {
    this.#listener?.(event);
  }
}

/** A follower that has sent its first frames. */
async function begun(query: HttpHistoryQuery = {}, lastSeq = 2) {
  const session = new FakeSession();
  session.lastSeq = lastSeq;
  const follower = new HistoryFollower(session.sessions, "k", query);
  const first = await follower.next();
  session.reads.length = 0;
  return { session, follower, first };
}

Deno.test("HistoryFollower begins with the time to come back and the transcript", async () => {
  const { first, follower } = await begun();
  const page = '{"sessionKey":"k","items":[{"seq":2}],"messages":[{"seq":2}],"hasMore":false}';
  assertEquals(first, `retry: 1000\n\nevent: history\ndata: ${page}\n\n`);
  follower.close();
});

Deno.test("HistoryFollower sends what was added, in bounded pieces", async () => {
  const { session, follower } = await begun();
  session.lastSeq = 3;
  session.tell();
  assertEquals(
    await follower.next(),
    'event: message\ndata: {"sessionKey":"k","message":{"seq":3},"messageId":"id-3","messageSeq":3}\n\n',
  );
  session.lastSeq = 100;
  for (let count = 0; count < 500; count++) session.tell();
  const pieces = [await follower.next(), await follower.next()];
  assertEquals(pieces.map((frames) => frames?.split("event: message").length), [51, 48]);
  assertEquals(session.reads, ["after 2 50", "after 3 50", "after 53 50"]);
  follower.close();
});

Deno.test("HistoryFollower says nothing of changes that add no message", async () => {
  const { session, follower } = await begun();
  session.tell();
  assertEquals(await follower.next(), "");
  assertEquals(session.reads, []);
  follower.close();
});

Deno.test("HistoryFollower begins again when the transcript is another or shorter", async () => {
  const { session, follower } = await begun();
  session.sessionId = "two";
  session.tell();
  assertEquals((await follower.next())?.startsWith("event: history\n"), true);
  session.lastSeq = 1;
  session.tell();
  assertEquals((await follower.next())?.startsWith("event: history\n"), true);
  session.lastSeq = 2;
  session.tell();
  assertEquals((await follower.next())?.includes('"messageSeq":2}'), true);
  follower.close();
});

Deno.test("HistoryFollower of a page sends the page again", async () => {
  for (const query of [{ limit: 1 }, { beforeSeq: 2 }]) {
    const { session, follower } = await begun(query);
    session.lastSeq = 3;
    session.tell();
    assertEquals((await follower.next())?.startsWith("event: history\n"), true);
    follower.close();
  }
});

Deno.test("HistoryFollower ends with its session, with the gateway, and by close()", async () => {
  const acts: ((session: FakeSession, follower: HistoryFollower) => void)[] = [
    (session) => {
      session.isGone = true;
      session.tell();
    },
    (session) => session.tell("end"),
    (_session, follower) => follower.close(),
  ];
  for (const act of acts) {
    const { session, follower } = await begun();
    const next = follower.next();
    act(session, follower);
    assertEquals([await next, session.isWatched], [undefined, false]);
  }
});

Deno.test("HistoryFollower of a session that goes at once ends at once", async () => {
  const session = new FakeSession();
  const follower = new HistoryFollower(session.sessions, "k", {});
  session.isGone = true;
  assertEquals([await follower.next(), session.isWatched], [undefined, false]);
});

Deno.test("HistoryFollower says so when too many follow", () => {
  const session = new FakeSession();
  session.isFull = true;
  const error = assertThrows(() => new HistoryFollower(session.sessions, "k", {}), HttpError);
  assertEquals([error.status, error.code, error.retryable], [503, "UNAVAILABLE", true]);
});
