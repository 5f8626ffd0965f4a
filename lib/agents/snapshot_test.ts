import { assertEquals, assertThrows } from "@std/assert";
import { AppError, envOf } from "../base/mod.ts";
import { type OpenClawConfig, resolvePaths } from "../config/mod.ts";
import { ModelCatalog, ModelError } from "../models/mod.ts";
import {
  type AgentsSnapshot,
  createAgentsSnapshot,
  defaultAgent,
  findAgent,
  modelsForRun,
  primaryModel,
} from "./snapshot.ts";

const PROVIDERS = {
  providers: {
    fake: {
      baseUrl: "http://127.0.0.1:9/v1",
      apiKey: "key",
      models: [{ id: "small", name: "Small" }, { id: "large", name: "Large" }],
    },
  },
};

function snapshotFrom(config: OpenClawConfig): AgentsSnapshot {
  const env = envOf({ HOME: "/home/user" });
  const catalog = new ModelCatalog(config.models ?? {}, env);
  return createAgentsSnapshot(config, resolvePaths(env), catalog);
}

function names(snapshot: AgentsSnapshot, asked?: string): string[] {
  return modelsForRun(snapshot, defaultAgent(snapshot), asked).map(({ info }) => info.model);
}

Deno.test("findAgent() names the nearest agent when there is none of that id", () => {
  const snapshot = snapshotFrom({
    agents: { list: [{ id: "writer" }, { id: "Dev", default: true }] },
  });
  assertEquals([snapshot.defaultId, defaultAgent(snapshot).id], ["dev", "dev"]);
  assertEquals(findAgent(snapshot, "writer").isDefault, false);
  const near = assertThrows(() => findAgent(snapshot, "writr"), AppError);
  assertEquals([near.code, near.hint?.includes('"writer"')], ["AGENT_NOT_FOUND", true]);
  const far = assertThrows(() => findAgent(snapshot, "zzzzzzzz"), AppError);
  assertEquals(far.hint, "openclaw gateway call agents.list");
});

Deno.test("primaryModel() is the demo until a model is configured", () => {
  const snapshot = snapshotFrom({});
  assertEquals(primaryModel(snapshot, defaultAgent(snapshot)).provider, "demo");
  assertEquals(names(snapshot), ["echo"]);
});

Deno.test("modelsForRun() tries the configured model, then its fallbacks", () => {
  const snapshot = snapshotFrom({
    models: PROVIDERS,
    agents: { defaults: { model: { primary: "fake/large", fallbacks: ["fake/small"] } } },
  });
  assertEquals(names(snapshot), ["large", "small"]);
});

Deno.test("modelsForRun() lets no other model answer for one that was asked for", () => {
  const snapshot = snapshotFrom({
    models: PROVIDERS,
    agents: {
      defaults: {
        model: { primary: "fake/large", fallbacks: ["fake/small"] },
        models: { "fake/small": { alias: "quick" }, "fake/large": {} },
      },
    },
  });
  assertEquals(names(snapshot, "fake/small"), ["small"]);
  assertEquals(names(snapshot, "quick"), ["small"]);
  const missing = assertThrows(() => names(snapshot, "nobody/nothing"), ModelError);
  assertEquals(missing.code, "MODEL_NOT_FOUND");
});

Deno.test("modelsForRun() refuses a model that is not on the agent's list", () => {
  const snapshot = snapshotFrom({
    models: PROVIDERS,
    agents: { defaults: { model: "fake/large", models: { "fake/large": {} } } },
  });
  const refused = assertThrows(() => names(snapshot, "fake/small"), ModelError);
  assertEquals(refused.code, "MODEL_NOT_ALLOWED");
});

Deno.test("createAgentsSnapshot() resolves the models of an agent once", () => {
  const snapshot = snapshotFrom({});
  const agent = defaultAgent(snapshot);
  assertEquals(snapshot.selectionOf(agent) === snapshot.selectionOf(agent), true);
});
