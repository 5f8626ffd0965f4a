import { assertEquals } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { supervisedExitStatus } from "./exit_status.ts";

const invalid = new AppError("CONFIG_INVALID", "x", { hint: "y" });
const held = new AppError("PORT_IN_USE", "x", { hint: "y" });
const broken = new AppError("IO_ERROR", "x", { hint: "y" });

Deno.test("supervisedExitStatus() keeps each manager from starting what cannot start", () => {
  for (const error of [invalid, held]) {
    assertEquals(supervisedExitStatus(error, "systemd"), 78);
    assertEquals(supervisedExitStatus(error, "launchd"), 0);
    assertEquals(supervisedExitStatus(error, "schtasks"), 78);
  }
});

Deno.test("supervisedExitStatus() leaves alone what may pass, and what nobody supervises", () => {
  assertEquals(supervisedExitStatus(broken, "systemd"), undefined);
  assertEquals(supervisedExitStatus(new Error("x"), "launchd"), undefined);
  assertEquals(supervisedExitStatus(invalid, undefined), undefined);
});
