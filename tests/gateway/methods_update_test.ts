/**
 * `update.run` and `update.status`, with a stand-in for the updater.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { VERSION } from "../../lib/base/mod.ts";
import { systemClock } from "../../lib/platform/mod.ts";
import { recordOutcome, type UpdateRequest } from "../../lib/update/mod.ts";
import { waitUntil } from "../../scripts/harness/gateway.ts";
import { FakeProvider } from "../harness/provider.ts";
import { withGateway } from "./methods_harness.ts";

const INDEX = { update: { url: "https://releases.example.org/index.json" } };

Deno.test("update.run without a release index is refused with what to do", async () => {
  let launched = 0;
  await withGateway(
    async ({ socket, result }) => {
      const { ok, error } = await socket.call("update.run", {});
      assertEquals([ok, error.code, error.details.code], [
        false,
        "UNAVAILABLE",
        "UPDATE_SOURCE_MISSING",
      ]);
      assertStringIncludes(error.details.hint, "openclaw config set update.url");
      assertEquals(await result("update.status"), { sentinel: null });
    },
    {},
    { launchUpdater: () => Promise.resolve(void launched++) },
  );
  assertEquals(launched, 0);
});

Deno.test("update.run from the source says that there is nothing to replace", async () => {
  await withGateway(async ({ socket }) => {
    const { error } = await socket.call("update.run", {});
    assertEquals(error.details.code, "NOT_SUPPORTED");
    assertStringIncludes(error.message, "this is the source, not the executable");
  }, INDEX);
});

Deno.test("update.run starts the updater once and tells the session how it ended", async () => {
  await using provider = new FakeProvider();
  const launched: (readonly string[])[] = [];
  const config = { ...provider.config, ...INDEX };
  const launchUpdater = (args: readonly string[]) => Promise.resolve(void launched.push(args));
  await withGateway(
    async ({ gateway, socket, result }) => {
      const params = { sessionKey: "main", note: "as agreed", timeoutMs: 90_500 };
      const started = await result("update.run", params);
      assertEquals([started.ok, started.result.status, started.restart], [true, "started", null]);
      assertEquals(started.sentinel.path, `${gateway.stateDir}/restart-sentinel.json`);
      assertEquals(started.sentinel.payload.sessionKey, "main");
      const [args = []] = launched;
      assertEquals(args, ["--asked", `${gateway.stateDir}/update/asked.json`, "--timeout", "91"]);

      const again = await socket.call("update.run", {});
      assertEquals(again.error.details.code, "UPDATE_RUNNING");
      assertEquals(launched.length, 1);

      const asked = JSON.parse(await Deno.readTextFile(args[1]!)) as UpdateRequest;
      await recordOutcome(
        {
          stateDir: gateway.stateDir,
          clock: systemClock,
          version: VERSION,
          program: "/x/openclaw",
        },
        { status: "failed", reason: "the disk is full", asked },
      );
      await waitUntil("the session is told", () => Promise.resolve(provider.calls.length > 0));
      const said = JSON.stringify(provider.calls[0]!.body.messages.at(-1));
      assertStringIncludes(
        said,
        `The update from ${VERSION} to the new version failed, nothing was`,
      );
      assertStringIncludes(said, "the disk is full. as agreed");
      const { sentinel } = await result("update.status");
      assertEquals([sentinel.kind, sentinel.status, sentinel.stats.reason], [
        "update",
        "error",
        "the disk is full",
      ]);
    },
    config,
    { launchUpdater },
  );
});
