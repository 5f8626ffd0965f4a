import { assertEquals } from "@std/assert";
import { isAddress, isInNetworks, isPrivateAddress } from "./network.ts";

const CASES: [address: string, network: string, isIn: boolean][] = [
  ["192.0.2.7", "192.0.2.7", true],
  ["192.0.2.7", "192.0.2.8", false],
  ["192.0.2.7", "192.0.2.0/24", true],
  ["192.0.3.7", "192.0.2.0/24", false],
  ["192.0.2.129", "192.0.2.128/25", true],
  ["192.0.2.127", "192.0.2.128/25", false],
  ["203.0.113.9", "0.0.0.0/0", true],
  ["192.0.2.7", "192.0.2.7/32", true],
  // One host, however it is written.
  ["::ffff:192.0.2.7", "192.0.2.0/24", true],
  ["192.0.2.7", "::ffff:192.0.2.0/120", true],
  ["192.0.2.7", "::ffff:192.0.2.7", true],
  ["2001:DB8:0::1", "2001:db8::/32", true],
  ["2001:db9::1", "2001:db8::/32", false],
  ["2001:db8::1", "2001:db8:0:0:0:0:0:1", true],
  // Other families, and texts that are no network.
  ["192.0.2.7", "::/0", false],
  ["2001:db8::1", "0.0.0.0/0", false],
  ["192.0.2.7", "192.0.2.0/33", false],
  ["192.0.2.7", "192.0.2.0/-1", false],
  ["192.0.2.7", "192.0.2.0/24/8", false],
  ["192.0.2.7", "192.0.2.0/", false],
  ["192.0.2.7", "proxy.example", false],
  ["192.0.2.7", "::ffff:192.0.2.0/24", false],
  ["192.0.2.7", "192.0.2.0/x", false],
  ["192.0.2.7", "", false],
  ["192.0.2.7", "/0", false],
  ["unknown", "unknown", false],
  ["unknown", "0.0.0.0/0", false],
  ["", "0.0.0.0/0", false],
];

for (const [address, network, isIn] of CASES) {
  Deno.test(`isInNetworks() ${isIn ? "finds" : "does not find"} "${address}" in "${network}"`, () => {
    assertEquals(isInNetworks(address, [network]), isIn);
    assertEquals(isInNetworks(address, ["198.51.100.1", network]), isIn);
  });
}

Deno.test("isPrivateAddress() knows what no stranger of the internet has", () => {
  const addresses = ["10.1.2.3", "172.31.0.1", "192.168.1.1", "100.64.0.1", "fd7a::1", "fe80::1"];
  for (const address of [...addresses, "127.0.0.1", "::1", "::ffff:10.0.0.1"]) {
    assertEquals(isPrivateAddress(address), true, address);
  }
  for (const address of ["172.32.0.1", "192.0.2.1", "100.128.0.1", "2001:db8::1", "ten.example"]) {
    assertEquals(isPrivateAddress(address), false, address);
  }
});

Deno.test("isAddress() tells addresses from other texts", () => {
  const texts = ["192.0.2.1", "::1", "fe80::1%eth0", "192.0.2.256", "localhost", "1.2.3", "", ":"];
  assertEquals(texts.map(isAddress), [true, true, true, false, false, false, false, false]);
});
