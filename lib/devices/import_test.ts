import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { connect, isOnDisk, newDevice, START, withStore } from "./_testing.ts";
import { importPairings } from "./import.ts";
import { NodeRegistryStore } from "./nodes.ts";
import { DevicePairing } from "./pairing.ts";
import { DeviceTokens } from "./tokens.ts";

const one = await newDevice();
const two = await newDevice();
const TOKEN = "A".repeat(43);

async function writeFiles(stateDir: string, files: Record<string, unknown>): Promise<void> {
  for (const [name, value] of Object.entries(files)) {
    await Deno.mkdir(join(stateDir, name.split("/")[0]!), { recursive: true });
    const text = typeof value === "string" ? value : JSON.stringify(value);
    await Deno.writeTextFile(join(stateDir, name), text);
  }
}

const PAIRED = {
  [one.deviceId]: {
    deviceId: one.deviceId,
    publicKey: one.publicKeyBase64Url,
    displayName: "box",
    platform: "linux",
    clientId: "cli",
    clientMode: "cli",
    role: "operator",
    roles: ["operator", "node"],
    scopes: ["operator.read"],
    approvedScopes: ["operator.write", "operator.read", "strange.scope"],
    tokens: {
      operator: {
        token: TOKEN,
        role: "operator",
        scopes: ["operator.write", "operator.read"],
        createdAtMs: 5,
        lastUsedAtMs: 9,
      },
      node: { token: "B".repeat(43), role: "node", scopes: [], createdAtMs: 6, revokedAtMs: 7 },
    },
    createdAtMs: 5,
    approvedAtMs: 6,
  },
  bad: { deviceId: "short", publicKey: "x", role: "operator" },
  worse: 7,
};

const PENDING = {
  r1: {
    requestId: "r1",
    deviceId: two.deviceId,
    publicKey: two.publicKeyBase64Url,
    role: "operator",
    scopes: ["operator.read"],
    ts: START - 60_000,
  },
  r2: {
    requestId: "r2",
    deviceId: one.deviceId,
    publicKey: one.publicKeyBase64Url,
    role: "operator",
    scopes: ["operator.admin"],
    ts: START - 300_000,
  },
};

const NODES = {
  n1: {
    nodeId: "n1",
    token: TOKEN,
    displayName: "shelf",
    commands: ["system.run"],
    caps: ["system"],
    createdAtMs: 3,
    approvedAtMs: 4,
  },
};

Deno.test("importPairings() takes over devices, requests and nodes; tokens keep working", async () => {
  await withStore(async ({ store, clock, stateDir }) => {
    const folder = join(stateDir, "old");
    await writeFiles(folder, {
      "devices/paired.json": PAIRED,
      "devices/pending.json": PENDING,
      "nodes/paired.json": NODES,
    });
    const before = await Deno.readTextFile(join(folder, "devices/paired.json"));
    assertEquals(await importPairings(folder, store, clock), {
      devices: 1,
      requests: 1,
      nodes: 1,
      unusable: [],
    });
    assertEquals(await Deno.readTextFile(join(folder, "devices/paired.json")), before);
    const pairing = new DevicePairing(store, clock);
    const { paired, pending } = pairing.list();
    assertEquals({ ...paired[0]! }, {
      deviceId: one.deviceId,
      publicKey: one.publicKeyBase64Url,
      displayName: "box",
      platform: "linux",
      clientId: "cli",
      clientMode: "cli",
      role: "operator",
      roles: ["node", "operator"],
      scopes: ["operator.read", "operator.write"],
      createdAtMs: 5,
      approvedAtMs: 6,
      tokens: [
        { role: "node", scopes: [], createdAtMs: 6, revokedAtMs: 7 },
        {
          role: "operator",
          scopes: ["operator.read", "operator.write"],
          createdAtMs: 5,
          lastUsedAtMs: 9,
        },
      ],
    });
    assertEquals(pending.map((request) => request.requestId), ["r1"]);
    assertEquals((await pairing.evaluate(connect(one))).kind, "paired");
    const tokens = new DeviceTokens(store, clock);
    assert((await tokens.verify(one.deviceId, "operator", TOKEN, ["operator.write"])).ok);
    assert(!(await tokens.verify(one.deviceId, "node", "B".repeat(43), [])).ok);
    assert((await new NodeRegistryStore(store, clock).verify("n1", TOKEN)).ok);
    await Deno.remove(folder, { recursive: true });
    assert(!await isOnDisk(stateDir, TOKEN));
  });
});

Deno.test("importPairings() happens once, and what was removed stays removed", async () => {
  await withStore(async ({ store, clock, stateDir }) => {
    const nothing = { devices: 0, requests: 0, nodes: 0, unusable: [] };
    assertEquals(await importPairings(stateDir, store, clock), nothing);
    await writeFiles(stateDir, { "devices/paired.json": PAIRED });
    assertEquals((await importPairings(stateDir, store, clock)).devices, 1);
    await new DevicePairing(store, clock).remove(one.deviceId);
    assertEquals(await importPairings(stateDir, store, clock), nothing);
  });
});

Deno.test("importPairings() does not replace what the store knows", async () => {
  await withStore(async ({ store, clock, stateDir }) => {
    const pairing = new DevicePairing(store, clock);
    await pairing.evaluate(connect(one, { isLocal: true }));
    await writeFiles(stateDir, { "devices/paired.json": PAIRED });
    assertEquals((await importPairings(stateDir, store, clock)).devices, 0);
    assertEquals(pairing.get(one.deviceId)?.scopes, ["operator.read"]);
  });
});

Deno.test("importPairings() takes what it can and names what it cannot", async () => {
  await withStore(async ({ store, clock, stateDir }) => {
    await writeFiles(stateDir, {
      "devices/paired.json": '{"cut off',
      "devices/pending.json": [],
      "nodes/paired.json": NODES,
    });
    const result = await importPairings(stateDir, store, clock);
    assertEquals(result.nodes, 1);
    assertEquals(result.unusable.length, 2);
    assertStringIncludes(result.unusable[0]!.path, "paired.json");
    await writeFiles(stateDir, { "devices/paired.json": PAIRED, "devices/pending.json": {} });
    assertEquals(await importPairings(stateDir, store, clock), {
      devices: 1,
      requests: 0,
      nodes: 0,
      unusable: [],
    });
  });
});
