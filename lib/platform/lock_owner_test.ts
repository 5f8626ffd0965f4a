import { assertEquals } from "@std/assert";
import {
  type FoundLock,
  isGatewayCommand,
  isOwnerDead,
  type OwnerFacts,
  parseLockPayload,
} from "./lock_owner.ts";

const NOW = 1_000_000;

function found(over: { startTime?: number; ageMs?: number; pid?: number } = {}): FoundLock {
  const { pid = 77, ageMs = 1000, startTime } = over;
  const payload = { pid, createdAt: "", configPath: "/c" };
  return {
    payload: startTime === undefined ? payload : { ...payload, startTime },
    createdAtMs: NOW - ageMs,
  };
}

function facts(over: Partial<OwnerFacts> = {}): OwnerFacts {
  return {
    clock: { now: () => NOW, monotonic: () => NOW },
    ownPid: 1,
    isAlive: () => true,
    startTime: () => undefined,
    command: () => Promise.resolve("/usr/bin/openclaw gateway run"),
    isPortAccepting: () => Promise.resolve(true),
    ...over,
  };
}

const quiet = { isPortAccepting: () => Promise.resolve(false) };
const hidden = { command: () => Promise.resolve(undefined) };

Deno.test("isOwnerDead() believes the process table first", async () => {
  assertEquals(await isOwnerDead(found(), facts({ isAlive: () => false })), true);
  assertEquals(await isOwnerDead(found({ pid: 1 }), facts()), true);
  assertEquals(await isOwnerDead(found({ startTime: 5 }), facts({ startTime: () => 6 })), true);
  assertEquals(await isOwnerDead(found({ startTime: 5 }), facts({ startTime: () => 5 })), false);
});

Deno.test("isOwnerDead() looks at the command line where no start time is known", async () => {
  const editor = { command: () => Promise.resolve("/usr/bin/editor notes.txt") };
  assertEquals(await isOwnerDead(found(), facts(editor)), true);
  assertEquals(await isOwnerDead(found(), facts()), false);
  assertEquals(await isOwnerDead(found({ ageMs: 29_000 }), facts(hidden)), false);
  assertEquals(await isOwnerDead(found({ ageMs: 31_000 }), facts(hidden)), true);
});

Deno.test("isOwnerDead() gives an owner time to start listening", async () => {
  assertEquals(await isOwnerDead(found({ ageMs: 29_000 }), facts(quiet)), false);
  assertEquals(await isOwnerDead(found({ ageMs: 31_000 }), facts(quiet)), true);
  assertEquals(await isOwnerDead(found({ ageMs: 31_000 }), facts()), false);
});

Deno.test("isOwnerDead() treats a lock without payload as unknown", async () => {
  const lock = (ageMs: number) => ({ payload: undefined, createdAtMs: NOW - ageMs });
  assertEquals(await isOwnerDead(lock(1000), facts(quiet)), false);
  assertEquals(await isOwnerDead(lock(3000), facts(quiet)), true);
  assertEquals(await isOwnerDead(lock(3000), facts()), false);
  assertEquals(await isOwnerDead(lock(31_000), facts()), true);
});

Deno.test("parseLockPayload() refuses everything but a payload", () => {
  const good = { pid: 5, createdAt: "2026-11-22T00:00:00.000Z", configPath: "/c", startTime: 9 };
  assertEquals(parseLockPayload(JSON.stringify(good)), good);
  for (const text of ["", "null", "[]", "{", '{"pid":0,"createdAt":"","configPath":""}', "\0\0"]) {
    assertEquals(parseLockPayload(text), undefined);
  }
});

Deno.test("isGatewayCommand() knows gateways of both implementations", () => {
  assertEquals(isGatewayCommand("/opt/openclaw gateway run"), true);
  assertEquals(isGatewayCommand("node /app/dist/index.js gateway --port 1"), true);
  assertEquals(isGatewayCommand("vim gatewaynotes"), false);
});
