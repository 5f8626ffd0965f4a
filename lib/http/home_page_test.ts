import { assertStringIncludes } from "@std/assert";
import { answerHome } from "./home_page.ts";
import type { RequestContext } from "./context.ts";

async function page(isTls: boolean, headers: Record<string, string> = {}): Promise<string> {
  const request = new Request("http://claw.example:18789/", { headers });
  const context = { request, deps: { isTls: () => isTls } } as unknown as RequestContext;
  return await (await answerHome(context)).text();
}

Deno.test("answerHome() shows the address as clients reach it, behind TLS too", async () => {
  assertStringIncludes(await page(false), "http://claw.example:18789/v1");
  assertStringIncludes(await page(true), "https://claw.example:18789/v1");
  const behindProxy = await page(false, { "x-forwarded-proto": "https" });
  assertStringIncludes(behindProxy, "https://claw.example:18789/v1");
});
