import { assertEquals } from "@std/assert";
import { FakeTime } from "../_testing.ts";
import { FileWatch } from "./file_watch.ts";

const QUIET_MS = 100;

interface World {
  readonly dir: string;
  /** Changes that were reported. */
  count(): number;
  /** Lets time pass in small steps, with the disk looked at in each. */
  pass(ms: number): Promise<void>;
}

/** A watch over `a` and `b` of a folder, whose first look is over. */
async function withWatch(test: (world: World) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/a`, "1");
    using time = new FakeTime();
    let count = 0;
    const watch = new FileWatch({
      clock: time,
      files: () => [`${dir}/a`, `${dir}/b`],
      quietMs: () => QUIET_MS,
      onChange: () => Promise.resolve(void count++),
      intervalMs: 50,
    });
    const pass = async (ms: number) => {
      for (let at = 0; at < ms; at += 10) {
        time.advance(10);
        // Looking takes a trip to the disk; a look under way is over once its timer is set again.
        while (time.pending === 0) await Deno.stat(dir);
      }
    };
    await pass(500);
    assertEquals(
      count,
      1,
      "the first look counts, as the files may have changed since they were read",
    );
    await test({ dir, count: () => count, pass });
    await watch.close();
    assertEquals(time.pending, 0);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("FileWatch reports each kind of change once, and nothing when nothing happens", async () => {
  await withWatch(async ({ dir, count, pass }) => {
    const changes: (() => Promise<void>)[] = [
      () => Deno.writeTextFile(`${dir}/a`, "22"),
      () => Deno.truncate(`${dir}/a`),
      () => Deno.remove(`${dir}/a`),
      () => Deno.writeTextFile(`${dir}/a`, "again"),
      () => Deno.writeTextFile(`${dir}/b`, "a file that was not there"),
      async () => {
        await Deno.writeTextFile(`${dir}/tmp`, "again");
        await Deno.rename(`${dir}/tmp`, `${dir}/a`);
      },
    ];
    for (const [index, change] of changes.entries()) {
      await change();
      await pass(500);
      assertEquals(count(), index + 2, `${change}`);
    }
    await pass(1000);
    assertEquals(count(), changes.length + 1);
  });
});

Deno.test("FileWatch waits until a file is no longer written to", async () => {
  await withWatch(async ({ dir, count, pass }) => {
    for (let size = 2; size < 12; size++) {
      await Deno.writeTextFile(`${dir}/a`, "x".repeat(size));
      await pass(60);
      assertEquals(count(), 1);
    }
    await pass(300);
    assertEquals(count(), 2);
  });
});

Deno.test({
  name: "FileWatch sees a folder behind a link being swapped",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withWatch(async ({ dir, count, pass }) => {
      for (const name of ["v1", "v2"]) {
        await Deno.mkdir(`${dir}/${name}`);
        await Deno.writeTextFile(`${dir}/${name}/b`, "same");
      }
      await Deno.symlink("v1", `${dir}/data`);
      await Deno.symlink("data/b", `${dir}/b`);
      await pass(500);
      assertEquals(count(), 2);
      await Deno.symlink("v2", `${dir}/next`);
      await Deno.rename(`${dir}/next`, `${dir}/data`);
      await pass(500);
      assertEquals(count(), 3);
    });
  },
});
