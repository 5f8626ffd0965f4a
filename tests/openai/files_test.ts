/**
 * Files as the official clients send them, PDF files above all, read in a process of its own.
 *
 * @module
 */
import Anthropic from "@anthropic-ai/sdk";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import OpenAI from "openai";
import { makeBomb, makeEncryptedPdf, makePdf, makeScan } from "../../lib/pdf/testing.ts";
import { TOKEN } from "../harness/gateway.ts";
import { ResponsesWorld } from "./responses_world.ts";

const PDF = "application/pdf";
const BILL = makePdf(["Bill 4711\nTotal: 12 (twelve) EUR", "Second page"]);
const PAGES = makePdf(["one", "two", "three", "four", "five", "six"]);

const dataUrl = (type: string, bytes: Uint8Array) => `data:${type};base64,${bytes.toBase64()}`;

interface Clients {
  openai: OpenAI;
  anthropic: Anthropic;
  world: ResponsesWorld;
}

async function withClients(test: (clients: Clients) => Promise<void>): Promise<void> {
  await using world = await ResponsesWorld.start();
  const { baseURL } = world;
  await test({
    openai: new OpenAI({ baseURL, apiKey: TOKEN, maxRetries: 0 }),
    anthropic: new Anthropic({
      baseURL: baseURL.replace(/\/v1$/, ""),
      apiKey: TOKEN,
      maxRetries: 0,
    }),
    world,
  });
}

/** The system prompt that the model was last sent. */
function lastSystem(world: ResponsesWorld): string {
  const { role, content } = world.provider.calls.at(-1)!.messages[0]!;
  assertEquals(role, "system");
  return typeof content === "string" ? content : (content ?? []).map(({ text }) => text).join("");
}

/** What the model was told of a file, between the marks that say where it comes from. */
function fileTexts(world: ResponsesWorld): Record<string, string> {
  const blocks = lastSystem(world).matchAll(
    /<file name="(.*)">\n<<<EXTERNAL_UNTRUSTED_CONTENT id="(\w+)">>>\nSource: External\n---\n([^]*?)\n<<<END_EXTERNAL_UNTRUSTED_CONTENT id="\2">>>\n<\/file>/g,
  );
  return Object.fromEntries([...blocks].map(([, name, , text]) => [name, text]));
}

function inputFile(fields: Omit<OpenAI.Responses.ResponseInputFile, "type">) {
  const content: OpenAI.Responses.ResponseInputMessageContentList = [
    { type: "input_text", text: "What is the total?" },
    { type: "input_file", ...fields },
  ];
  return { model: "openclaw", input: [{ role: "user" as const, content }] };
}

function chatFile(file: OpenAI.Chat.ChatCompletionContentPart.File.File) {
  const content: OpenAI.Chat.ChatCompletionContentPart[] = [
    { type: "text", text: "What is the total?" },
    { type: "file", file },
  ];
  return { model: "openclaw", messages: [{ role: "user" as const, content }] };
}

function documentBlock(bytes: Uint8Array, title: string) {
  const source = { type: "base64" as const, media_type: PDF as typeof PDF, data: bytes.toBase64() };
  const content: Anthropic.ContentBlockParam[] = [
    { type: "document", source, title },
    { type: "text", text: "What is the total?" },
  ];
  return { model: "openclaw", max_tokens: 100, messages: [{ role: "user" as const, content }] };
}

const BILL_TEXT = "Bill 4711\nTotal: 12 (twelve) EUR\n\nSecond page";

Deno.test("openai client has a PDF file read with a response", () =>
  withClients(async ({ openai, world }) => {
    const file = { filename: "bill.pdf", file_data: dataUrl(PDF, BILL) };
    const { output_text } = await openai.responses.create(inputFile(file));
    assertEquals(output_text, "Hello");
    assertEquals(fileTexts(world), { "bill.pdf": BILL_TEXT });
    assertEquals(world.lastMessages, ["user: What is the total?"]);
    const stream = openai.responses.stream(inputFile({ file_data: BILL.toBase64() }));
    assertEquals((await stream.finalResponse()).output_text, "Hello");
    assertEquals(fileTexts(world), { file: BILL_TEXT });
  }));

Deno.test("openai client has a PDF file read with a completion", () =>
  withClients(async ({ openai, world }) => {
    const body = chatFile({ filename: "bill.pdf", file_data: dataUrl(PDF, BILL) });
    const { choices } = await openai.chat.completions.create(body);
    assertEquals(choices[0]!.message.content, "Hello");
    assertEquals(fileTexts(world), { "bill.pdf": BILL_TEXT });
    assertEquals(world.lastMessages, ["user: What is the total?"]);
  }));

Deno.test("anthropic client has a PDF document read with a message, also in a result", () =>
  withClients(async ({ anthropic, world }) => {
    const asked = documentBlock(BILL, "bill.pdf");
    const { content } = await anthropic.messages.create(asked);
    assertEquals(content.map((block) => block.type === "text" && block.text), ["Hello"]);
    assertEquals(fileTexts(world), { "bill.pdf": BILL_TEXT });
    assertMatch(world.lastMessages[0]!, /<document title="bill.pdf">\n\[file\]\n<\/document>/);
    const [document] = documentBlock(PAGES, "pages.pdf").messages[0]!.content;
    await anthropic.messages.create({
      ...asked,
      tools: [{ name: "fetch", input_schema: { type: "object" } }],
      messages: [
        ...asked.messages,
        { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "fetch", input: {} }] },
        {
          role: "user",
          content: [{
            type: "tool_result",
            tool_use_id: "t1",
            content: [document as Anthropic.DocumentBlockParam],
          }],
        },
      ],
    });
    assertEquals(fileTexts(world), {
      "bill.pdf": BILL_TEXT,
      "pages.pdf": "one\n\ntwo\n\nthree\n\nfour\n\n[Left out: pages 5 to 6 of 6]",
    });
    const { input_tokens } = await anthropic.messages.countTokens({
      model: "openclaw",
      messages: asked.messages,
    });
    assert(input_tokens > 3000 && input_tokens < 3100, String(input_tokens));
  }));

Deno.test("anthropic client sends documents that are text already", () =>
  withClients(async ({ anthropic, world }) => {
    await anthropic.messages.create({
      model: "openclaw",
      max_tokens: 100,
      messages: [{
        role: "user",
        content: [{
          type: "document",
          title: "Plan",
          source: { type: "text", media_type: "text/plain", data: "Step 1" },
        }],
      }],
    });
    assertMatch(world.lastMessages[0]!, /<document title="Plan">\nStep 1\n<\/document>/);
  }));

Deno.test("clients read why a PDF file cannot be taken, each in its dialect", () =>
  withClients(async ({ openai, anthropic, world }) => {
    const broken = new TextEncoder().encode("%PDF-1.7\nnothing follows");
    const cases: [bytes: Uint8Array, reason: RegExp][] = [
      [makeEncryptedPdf(["secret"]), /a.pdf.* is encrypted: send it without a password/],
      [makeScan(), /a.pdf.* has no text: pages that are pictures are not read here/],
      [makeScan("Scanned by X"), /has pictures and only 12 characters of text/],
      [makePdf([""]), /a.pdf.* has no text/],
      [broken, /a.pdf.* is damaged and cannot be read/],
      [makeBomb(), /a.pdf.* takes too much memory to read/],
    ];
    for (const [bytes, reason] of cases) {
      const file = { filename: "a.pdf", file_data: dataUrl(PDF, bytes) };
      const response = await assertRejects(() => openai.responses.create(inputFile(file)));
      assert(response instanceof OpenAI.BadRequestError);
      assertMatch((response.error as { hint: string }).hint, reason);
      const completion = await assertRejects(() => openai.chat.completions.create(chatFile(file)));
      assert(completion instanceof OpenAI.BadRequestError);
      assertMatch(completion.message, reason);
      const message = await assertRejects(() =>
        anthropic.messages.create(documentBlock(bytes, "a.pdf"))
      );
      assert(message instanceof Anthropic.BadRequestError);
      assertMatch(message.message, reason);
    }
    assertEquals(world.provider.calls, []);
    const healthy = await fetch(`${world.gateway.httpUrl}/healthz`);
    assertEquals((await healthy.json()).ok, true);
  }));

Deno.test("clients that send an id of a file are told that files are not kept", () =>
  withClients(async ({ openai, anthropic }) => {
    const response = await assertRejects(() =>
      openai.responses.create(inputFile({ file_id: "file-1" }))
    );
    assert(response instanceof OpenAI.BadRequestError);
    assertMatch((response.error as { hint: string }).hint, /not `file_id`/);
    const completion = await assertRejects(() =>
      openai.chat.completions.create(chatFile({ file_id: "file-1" }))
    );
    assert(completion instanceof OpenAI.BadRequestError);
    assertMatch(completion.message, /not `file_id`/);
    const message = await assertRejects(() =>
      anthropic.beta.messages.create({
        model: "openclaw",
        max_tokens: 100,
        messages: [{
          role: "user",
          content: [{ type: "document", source: { type: "file", file_id: "file_1" } }],
        }],
      })
    );
    assert(message instanceof Anthropic.BadRequestError);
    assertMatch(message.message, /not its `file_id`/);
  }));

Deno.test("the bounds of PDF files are those of the configuration", async () => {
  const files = { maxChars: 9, pdf: { maxPages: 2, minTextChars: 0 } };
  const gateway = { http: { endpoints: { responses: { files } } } };
  await using world = await ResponsesWorld.start(undefined, { config: { gateway } });
  const ask = async (bytes: Uint8Array) => {
    await world.create({
      input: [{
        role: "user",
        content: [{
          type: "input_file",
          source: { type: "base64", media_type: PDF, data: bytes.toBase64(), filename: "a.pdf" },
        }],
      }],
    });
    return fileTexts(world)["a.pdf"];
  };
  assertEquals(await ask(PAGES), "one\n\ntwo\n\n[Left out: pages 3 to 6 of 6]");
  assertEquals(
    await ask(makeScan("Scanned by X")),
    "Scanned b\n\n[The text is cut after 9 characters]",
  );
});
