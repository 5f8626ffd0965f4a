import { assertEquals } from "@std/assert";
import { canonicalAddress, isForwarded, isLoopback, isLoopbackHost, limitKey } from "./address.ts";

Deno.test("canonicalAddress() gives one spelling per host", () => {
  const cases: [string, string][] = [
    ["127.0.0.1", "127.0.0.1"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["::FFFF:7f00:1", "127.0.0.1"],
    ["0:0:0:0:0:ffff:10.1.2.3", "10.1.2.3"],
    ["::1", "0:0:0:0:0:0:0:1"],
    ["2001:DB8::8:800:200C:417A", "2001:db8:0:0:8:800:200c:417a"],
    ["fe80::1%eth0", "fe80:0:0:0:0:0:0:1"],
  ];
  for (const [given, expected] of cases) {
    assertEquals(canonicalAddress(given), expected, given);
  }
});

Deno.test("canonicalAddress() leaves text that is no address alone", () => {
  for (const text of ["example", "1.2.3", "1.2.3.256", ":::1", "1:2:3:4:5:6:7:8:9", "12345::"]) {
    assertEquals(canonicalAddress(text), text);
  }
});

Deno.test("limitKey() counts IPv6 by its /64 network", () => {
  assertEquals(limitKey("2001:db8:1:2:aaaa::1"), limitKey("2001:db8:1:2:bbbb::2"));
  assertEquals(limitKey("2001:db8:1:2::1") === limitKey("2001:db8:1:3::1"), false);
  assertEquals(limitKey("::ffff:192.0.2.7"), "192.0.2.7");
});

Deno.test("isLoopback() knows every spelling and nothing else", () => {
  for (const address of ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"]) {
    assertEquals(isLoopback(address), true, address);
  }
  for (const address of ["128.0.0.1", "::2", "10.0.0.1", "localhost.example"]) {
    assertEquals(isLoopback(address), false, address);
  }
});

Deno.test("isLoopbackHost() reads Host values with and without port", () => {
  for (
    const host of ["localhost", "localhost:18789", "[::1]:18789", "127.0.0.1:1", "a.localhost"]
  ) {
    assertEquals(isLoopbackHost(host), true, host);
  }
  for (const host of ["localhost.example:80", "192.0.2.1", "127.0.0.1.example", "[::2]:1"]) {
    assertEquals(isLoopbackHost(host), false, host);
  }
});

Deno.test("isForwarded() notices each forwarding header", () => {
  assertEquals(isForwarded(new Headers()), false);
  for (const name of ["Forwarded", "X-Forwarded-For", "X-Real-IP", "X-Forwarded-Host"]) {
    assertEquals(isForwarded(new Headers({ [name]: "x" })), true, name);
  }
});
