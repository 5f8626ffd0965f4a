import { assert, assertEquals } from "@std/assert";
import { freeDiskBytes } from "./disk.ts";

Deno.test("freeDiskBytes() tells the room of a folder, and nothing of one that is not there", async () => {
  const free = await freeDiskBytes(Deno.cwd());
  assert(free !== undefined && free > 0);
  assertEquals(await freeDiskBytes("/no/such/folder"), undefined);
});
