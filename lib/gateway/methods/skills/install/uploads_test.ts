import { assertEquals, assertRejects } from "@std/assert";
import { AppError, silentLogger } from "../../../../base/mod.ts";
import type { GatewayState } from "../../../state.ts";
import { SkillUploads } from "./uploads.ts";

const HOUR_MS = 3_600_000;

/** Uploads in a folder of their own, under a clock by hand. */
async function withUploads(
  test: (uploads: SkillUploads, clock: { now: number }, stateDir: string) => Promise<void>,
): Promise<void> {
  const stateDir = await Deno.makeTempDir({ prefix: "uploads-test-" });
  const clock = { now: 1_750_000_000_000 };
  const state = {
    clock: { now: () => clock.now, monotonic: () => clock.now },
    log: silentLogger,
    paths: { stateDir },
    config: () => ({ config: { skills: { install: { allowUploadedArchives: true } } } }),
  } as unknown as GatewayState;
  try {
    await test(new SkillUploads(state), clock, stateDir);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
}

function files(stateDir: string): number {
  return [...Deno.readDirSync(`${stateDir}/skill-uploads`)].length;
}

const ANNOUNCED = { kind: "skill-archive" as const, slug: "a", sizeBytes: 4 };

Deno.test("SkillUploads forgets an upload an hour after its last chunk, file and all", async () => {
  await withUploads(async (uploads, clock, stateDir) => {
    const { uploadId } = await uploads.begin(ANNOUNCED);
    clock.now += HOUR_MS - 1;
    await uploads.chunk({ uploadId, offset: 0, dataBase64: "AAA=" });
    assertEquals(files(stateDir), 1);
    clock.now += HOUR_MS;
    const late = () => uploads.chunk({ uploadId, offset: 2, dataBase64: "AAA=" });
    await assertRejects(late, AppError, "it may have expired");
    assertEquals(files(stateDir), 0);
  });
});

Deno.test("SkillUploads takes four at a time and clears what an earlier process left", async () => {
  await withUploads(async (uploads, _clock, stateDir) => {
    await Deno.mkdir(`${stateDir}/skill-uploads`);
    await Deno.writeTextFile(`${stateDir}/skill-uploads/old.zip`, "x");
    for (let count = 0; count < 4; count++) await uploads.begin(ANNOUNCED);
    assertEquals(files(stateDir), 4);
    await assertRejects(() => uploads.begin(ANNOUNCED), AppError, "under way already");
  });
});

Deno.test("SkillUploads keeps chunks that come at once in their order", async () => {
  await withUploads(async (uploads) => {
    const { uploadId } = await uploads.begin({ ...ANNOUNCED, sizeBytes: 40 });
    const chunk = (offset: number) => uploads.chunk({ uploadId, offset, dataBase64: "AAAAAA==" });
    const views = await Promise.all([0, 4, 8, 12, 16, 20, 24, 28, 32, 36].map(chunk));
    assertEquals(views.map(({ receivedBytes }) => receivedBytes).at(-1), 40);
    assertEquals((await uploads.commit({ uploadId })).receivedBytes, 40);
    await assertRejects(() => chunk(40), AppError, "the upload is complete");
  });
});
