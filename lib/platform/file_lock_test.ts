import { assertEquals, assertRejects } from "@std/assert";
import { withFileLock } from "./file_lock.ts";

Deno.test("withFileLock() lets one in after the other, also after a failure", async () => {
  const dir = await Deno.makeTempDir({ prefix: "file-lock-test-" });
  const path = `${dir}/lock`;
  const seen: string[] = [];
  const work = (name: string) => async () => {
    seen.push(`${name} in`);
    await Deno.stat(dir);
    seen.push(`${name} out`);
    if (name === "b") throw new Error("b fails");
  };
  await withFileLock(path, work("a"));
  await assertRejects(() => withFileLock(path, work("b")), Error, "b fails");
  await Promise.all([withFileLock(path, work("c")), withFileLock(path, work("d"))]);
  const pairs = [seen.slice(0, 2), seen.slice(2, 4), seen.slice(4, 6), seen.slice(6)];
  assertEquals(pairs.map(([into, out]) => into?.[0] === out?.[0]), [true, true, true, true]);
  await Deno.remove(dir, { recursive: true });
});
