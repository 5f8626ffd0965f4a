import { assertEquals } from "@std/assert";
import { mediaId, mediaTail, mediaUrl, parseMediaId } from "./media_ids.ts";

const TRANSCRIPT = "01234567-89ab-4cde-8f01-23456789abcd";

Deno.test("mediaId() names a place in the form of a random UUID, and back", () => {
  const id = mediaId(TRANSCRIPT, 17, 2)!;
  assertEquals(id, "00000011-0002-4cde-8f01-23456789abcd");
  assertEquals(parseMediaId(id), { seq: 17, part: 2, tail: mediaTail(TRANSCRIPT)! });
  assertEquals(mediaTail(id), mediaTail(TRANSCRIPT));
});

Deno.test("mediaId() gives no name to what has no place in it", () => {
  assertEquals(mediaId("session-1", 1, 0), undefined);
  assertEquals(mediaId(TRANSCRIPT, 2 ** 32, 0), undefined);
  assertEquals(mediaId(TRANSCRIPT, 1, 2 ** 16), undefined);
  for (
    const id of ["", "x", TRANSCRIPT.replace("-4", "-1"), `${TRANSCRIPT}0`, `../${TRANSCRIPT}`]
  ) {
    assertEquals(parseMediaId(id), undefined, id);
  }
});

Deno.test("mediaUrl() encodes the key", () => {
  assertEquals(
    mediaUrl("agent:main:a/b?c", "id"),
    "/api/chat/media/outgoing/agent%3Amain%3Aa%2Fb%3Fc/id/full",
  );
});
