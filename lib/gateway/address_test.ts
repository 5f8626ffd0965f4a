import { assertEquals } from "@std/assert";
import { hostName, isForwarded, isLoopback, isLoopbackHost, limitKey } from "./address.ts";

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

Deno.test("isLoopbackHost() takes the dot that a full name ends with", () => {
  for (const host of ["localhost.", "LOCALHOST.:80", "a.localhost.", "127.0.0.1.:18789"]) {
    assertEquals(isLoopbackHost(host), true, host);
  }
});

Deno.test("hostName() reads nothing out of the middle of what is no host", () => {
  assertEquals(hostName("UI.example.:443"), "ui.example");
  assertEquals(hostName("[FE80::1]:18789"), "fe80::1");
  const none = [
    "",
    " ",
    ":80",
    "[::1",
    "[::1]evil.example",
    "[::1].evil.example",
    "evil@localhost",
  ];
  for (const host of [...none, "localhost:x", "localhost, evil.example", "evil/localhost", "::1"]) {
    assertEquals(hostName(host), "", host);
    assertEquals(isLoopbackHost(host), false, host);
  }
});

Deno.test("isForwarded() notices each forwarding header", () => {
  assertEquals(isForwarded(new Headers()), false);
  for (const name of ["Forwarded", "X-Forwarded-For", "X-Real-IP", "X-Forwarded-Host"]) {
    assertEquals(isForwarded(new Headers({ [name]: "x" })), true, name);
  }
});
