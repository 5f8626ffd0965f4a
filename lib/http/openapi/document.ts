/**
 * The OpenAPI 3.1 document, made of the table of endpoints and the schemas that check the bodies.
 *
 * @module
 */
import * as z from "zod/mini";
import { VERSION } from "../../base/mod.ts";
import { errorFacts } from "../../protocol/mod.ts";
import { commonCodes, type Endpoint, type EndpointAnswer } from "./endpoints.ts";

type Json = Record<string, unknown>;

/** Makes the document; schemas are built for it and not kept. */
export async function buildDocument(endpoints: readonly Endpoint[]): Promise<Json> {
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    const methods = paths[endpoint.path] ??= {};
    methods[endpoint.method.toLowerCase()] = await operation(endpoint);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "OpenClaw Gateway",
      version: VERSION,
      description: "The HTTP interface of this gateway",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: [...new Set(endpoints.map(({ group }) => group))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: { Error: ERROR },
    },
  };
}

/** The JSON Schema of a body, as clients send it. */
export async function bodySchema({ body }: Endpoint): Promise<Json | undefined> {
  if (body?.schema === undefined) return undefined;
  const { $schema: _dialect, ...schema }: Json = z.toJSONSchema(await body.schema(), {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      // What stands in for a value of the wrong type is not what is used when none is given.
      delete jsonSchema.default;
    },
  });
  const { needs = [] } = body;
  if (needs.length > 0) schema.required = [...needs, ...(schema.required as string[] ?? [])];
  return schema;
}

/** Codes of an endpoint by the status they come with, ascending. */
export function codesByStatus(endpoint: Endpoint): [status: number, codes: string[]][] {
  const byStatus = new Map<number, string[]>();
  for (const code of new Set([...commonCodes(endpoint), ...endpoint.codes ?? []])) {
    const status = statusOf(code, endpoint);
    byStatus.set(status, [...byStatus.get(status) ?? [], code]);
  }
  return [...byStatus].sort(([a], [b]) => a - b);
}

/** The backend model of a run is part of the request: naming it wrongly makes that a bad one. */
function statusOf(code: string, { group }: Endpoint): number {
  return group === "Runs" && code.startsWith("MODEL_") ? 400 : errorFacts(code).http;
}

async function operation(endpoint: Endpoint): Promise<Json> {
  const { method, path, group, summary, scope, parameters, answer, others, body } = endpoint;
  const schema = await bodySchema(endpoint);
  const failures = codesByStatus(endpoint).map(([status, codes]) => [status, failure(codes)]);
  return {
    operationId: operationId(method, path),
    tags: [group],
    summary,
    security: security(endpoint),
    ...(scope === undefined ? {} : { "x-openclaw-scope": scope }),
    ...(endpoint.switch === undefined
      ? {}
      : { "x-openclaw-switch": `gateway.http.endpoints.${endpoint.switch.name}.enabled` }),
    ...(parameters === undefined
      ? {}
      : { parameters: parameters.map((each) => ({ ...each, required: each.in === "path" })) }),
    ...(body === undefined ? {} : {
      requestBody: {
        description: `At most ${body.limit}`,
        content: { "application/json": { schema: schema ?? {}, example: body.example } },
      },
    }),
    responses: withOthers({ 200: success(answer), ...Object.fromEntries(failures) }, others),
  };
}

/** One of them is enough; an empty one stands for none at all. */
function security({ scope, credentials }: Endpoint): Json[] {
  const ways = credentials ?? (scope === undefined ? [] : ["credential"]);
  return ways.map((way) => way === "none" ? {} : { [way]: [] });
}

/** A status that has an envelope as well is described by both. */
function withOthers(responses: Record<string, Json>, others: Endpoint["others"] = {}) {
  for (const [status, answer] of Object.entries(others)) {
    const other = success(answer);
    const known = responses[status];
    responses[status] = known === undefined ? other : {
      description: `${other.description}; ${known.description}`,
      content: { ...known.content as Json, ...other.content as Json },
    };
  }
  return responses;
}

function success({ type, description, schema = {}, mayStream }: EndpointAnswer): Json {
  if (type === undefined) return { description };
  const stream = { "text/event-stream": { schema: { type: "string" } } };
  return { description, content: { [type]: { schema }, ...(mayStream ? stream : {}) } };
}

function failure(codes: readonly string[]): Json {
  return {
    description: codes.map((code) => `${code}: ${errorFacts(code).summary}`).join("; "),
    content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
  };
}

function operationId(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return [method.toLowerCase(), ...words].join("_");
}

/** Each way to show a credential, see `Credential` in `endpoints.ts`. */
const SECURITY_SCHEMES: Json = {
  credential: {
    type: "http",
    scheme: "bearer",
    description: "The gateway's token or password",
  },
  apiKey: {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
    description: "The same, as Anthropic's clients send it",
  },
  hookToken: { type: "http", scheme: "bearer", description: "hooks.token" },
  hookHeader: { type: "apiKey", in: "header", name: "x-openclaw-token", description: "The same" },
};

/** The envelopes of all families, see `errors.ts`. */
const ERROR: Json = {
  type: "object",
  properties: {
    ok: { const: false, description: "Of tools and sessions" },
    error: {
      anyOf: [
        {
          type: "object",
          properties: {
            message: { type: "string" },
            type: { type: "string" },
            code: { type: "string", description: "Stable, see the list of error codes" },
            openclaw_code: {
              type: "string",
              description: "The gateway's own code, where `code` is one of OpenAI's",
            },
            hint: { type: "string", description: "What to do next" },
          },
          required: ["message", "type"],
        },
        { type: "string", description: "Of webhooks" },
      ],
    },
  },
  required: ["error"],
};
