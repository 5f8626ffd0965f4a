import { assertEquals } from "@std/assert";
import { parseIdentity, updateIdentity } from "./identity_file.ts";

Deno.test("parseIdentity() reads plain and bold lines, and no placeholders", () => {
  const text =
    "# Me\n\n- **Name:** Ada\n* Emoji: 🦉\n- Avatar: _(a picture)_\n- Theme: calm\n- Name: B\n";
  assertEquals(parseIdentity(text), { name: "Ada", emoji: "🦉" });
  assertEquals(parseIdentity(""), {});
  assertEquals(parseIdentity("- Name:\r\n- Emoji: *\r\n"), {});
});

Deno.test("updateIdentity() changes, adds and removes lines and leaves the others alone", () => {
  const text = "# Me\n\n- **Name:** Ada\n- Emoji: 🦉\n\nI like owls.\n";
  assertEquals(
    updateIdentity(text, { name: "Bo", emoji: "", avatar: "a.png" }),
    "# Me\n\n- Name: Bo\n\nI like owls.\n- Avatar: a.png\n",
  );
  assertEquals(updateIdentity(text, {}), text);
  assertEquals(updateIdentity("", { name: "New" }), "# Identity\n\n- Name: New\n");
});

Deno.test("updateIdentity() keeps a value on its line", () => {
  const text = updateIdentity("", { name: "A\n- Avatar: /etc/passwd" });
  assertEquals(parseIdentity(text), { name: "A - Avatar: /etc/passwd" });
});
