import { assertEquals } from "@std/assert";
import { ManualClock } from "../../base/testing.ts";
import type { GatewayState } from "../state.ts";
import { localMedia } from "./local_media.ts";

/** What serves the files of a folder. */
function mediaOf(stateDir: string, clock = new ManualClock()) {
  const state = {
    clock,
    paths: { stateDir },
    agents: () => ({ agents: [{ workspace: `${stateDir}/workspace` }] }),
  };
  // Local media looks at these and nothing else.
  return localMedia(state as unknown as GatewayState);
}

Deno.test("localMedia() tickets open one file for five minutes, of this process only", async () => {
  const clock = new ManualClock();
  const media = await mediaOf("/nowhere", clock);
  const { ticket, expiresAt } = await media.issueTicket("/a.png");
  assertEquals(expiresAt, clock.now() + 300_000);
  const isValid = (source = "/a.png", each = ticket) => media.isTicketValid(each, source);
  assertEquals([await isValid(), await isValid("/b.png")], [true, false]);
  assertEquals(await isValid("/a.png", ticket.replace("v1", "v2")), false);
  clock.advance(299_999);
  assertEquals(await isValid(), true);
  clock.advance(1);
  assertEquals(await isValid(), false);
  const other = await mediaOf("/nowhere", new ManualClock());
  assertEquals(await other.isTicketValid(ticket, "/a.png"), false);
});

Deno.test("localMedia() serves what is in the folder of media too, read to the end or cancelled", async () => {
  const stateDir = await Deno.makeTempDir({ prefix: "media-test-" });
  try {
    await Deno.mkdir(`${stateDir}/media/deep`, { recursive: true });
    await Deno.writeTextFile(`${stateDir}/media/deep/a.mp3`, "sound");
    const media = await mediaOf(stateDir);
    const file = await media.open(`${stateDir}/media/deep/a.mp3`);
    if (!file.ok) throw new Error(file.code);
    assertEquals([file.size, file.mimeType], [5, "audio/mpeg"]);
    assertEquals(await new Response(file.body).text(), "sound");
    const unread = await media.open(`${stateDir}/media/deep/a.mp3`);
    if (!unread.ok) throw new Error(unread.code);
    await new Response(unread.body).body?.cancel();
    const outside = await media.inspect(`${stateDir}/openclaw.json`);
    assertEquals(outside.ok ? "ok" : outside.code, "outside-allowed-folders");
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});
