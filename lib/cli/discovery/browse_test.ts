import { assert, assertEquals } from "@std/assert";
import { delay } from "../../base/mod.ts";
import { HeldTimers } from "../../base/testing.ts";
import { browse } from "./browse.ts";
import { parseAnswer, RECORD } from "./dns_message.ts";

/** Bytes of a name without shortening. */
function name(labels: readonly string[]): number[] {
  return [...labels.flatMap((label) => [label.length, ...new TextEncoder().encode(label)]), 0];
}

function record(owner: number[], type: number, data: number[]): number[] {
  return [...owner, 0, type, 0, 1, 0, 0, 0, 120, data.length >> 8, data.length & 255, ...data];
}

function answer(records: readonly number[][]): Uint8Array {
  return Uint8Array.from([0, 0, 0x84, 0, 0, 0, 0, records.length, 0, 0, 0, 0, ...records.flat()]);
}

const SERVICE = ["_openclaw-gw", "_tcp", "local"];
const INSTANCE = ["Box. One", ...SERVICE];
const HOST = ["box", "local"];
const text = (value: string) => [value.length, ...new TextEncoder().encode(value)];
const RECORDS = {
  [RECORD.PTR]: record(name(SERVICE), RECORD.PTR, name(INSTANCE)),
  [RECORD.SRV]: record(name(INSTANCE), RECORD.SRV, [0, 0, 0, 0, 73, 101, ...name(HOST)]),
  [RECORD.TXT]: record(name(INSTANCE), RECORD.TXT, [
    ...text("displayName=Box \u001b[31mone"),
    ...text("gatewayTls=1"),
    ...text("gatewayTlsSha256=AA:BB"),
    ...text("gatewayPort=18789"),
    ...text("sshPort=99999"),
  ]),
  [RECORD.A]: record(name(HOST), RECORD.A, [192, 0, 2, 7]),
};

/** Answers each question with the one record that was asked for. */
function responder(): { group: Deno.NetAddr; close(): Promise<void> } {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const [bytes, from] of socket) {
      for (const [type, row] of Object.entries(RECORDS)) {
        const isAsked = bytes.some((byte, at) =>
          byte === 0 && bytes[at + 1] === 0 && bytes[at + 2] === Number(type) &&
          bytes[at + 3] === 0x80 && at > 12
        );
        if (isAsked) await socket.send(answer([row]), from);
      }
    }
  })();
  return {
    group: socket.addr as Deno.NetAddr,
    async close() {
      socket.close();
      await serving.catch(() => {});
    },
  };
}

Deno.test("browse() asks on until it knows where a gateway is", async () => {
  const { group, close } = responder();
  const quietMs = 54_321;
  using quiet = new HeldTimers(quietMs);
  const browsing = browse({ timeoutMs: 60_000, quietMs, group });
  // One timer from the beginning, and one more after each record.
  while (quiet.count < 1 + Object.keys(RECORDS).length) await delay(1);
  quiet.fire();
  const { count, beacons } = await browsing;
  assertEquals(count, 1);
  const [beacon] = beacons;
  assertEquals([beacon?.instanceName, beacon?.host, beacon?.port], [
    "Box. One",
    "192.0.2.7",
    18789,
  ]);
  assertEquals(beacon?.wsUrl, "wss://192.0.2.7:18789");
  assertEquals(beacon?.displayName, "Box [31mone");
  assertEquals([beacon?.gatewayPort, beacon?.sshPort], [18789, null]);
  assertEquals(beacon?.gatewayTlsFingerprintSha256, "AA:BB");
  await close();
});

Deno.test("browse() finds nothing where nobody answers or there is no network", async () => {
  const silent = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const group = silent.addr as Deno.NetAddr;
  assertEquals((await browse({ timeoutMs: 30, group })).beacons, []);
  silent.close();
  assertEquals((await browse({ timeoutMs: 60_000, group: undefined })).count, 0);
});

Deno.test("parseAnswer() reads shortened names and stops at nonsense", () => {
  const shortened = answer([
    record(name(SERVICE), RECORD.PTR, [3, ...new TextEncoder().encode("box"), 0xc0, 12]),
  ]);
  const instance = "box._openclaw-gw._tcp.local";
  assertEquals(parseAnswer(shortened), [{
    kind: "PTR",
    name: "_openclaw-gw._tcp.local",
    target: instance,
  }]);
  const circle = answer([record([0xc0, 12], RECORD.PTR, [0xc0, 12])]);
  assertEquals(parseAnswer(circle), []);
  const whole = answer(Object.values(RECORDS));
  for (let size = 0; size < whole.length; size++) parseAnswer(whole.subarray(0, size));
  for (let round = 0; round < 2000; round++) {
    const bytes = crypto.getRandomValues(new Uint8Array(round % 200));
    if (bytes.length > 2) bytes[2] = bytes[2]! | 0x80;
    assert(Array.isArray(parseAnswer(bytes)));
  }
});
