/**
 * Looks for credentials on disk: written out, pointed to in vain, overruled, left behind. Changes
 * nothing.
 *
 * @module
 */
import { join } from "@std/path";
import { isObject, type JsonObject } from "../../base/mod.ts";
import { type ConfigPaths, type ConfigSnapshot, formatPath, type Path } from "../../config/mod.ts";
import { readTextFileIfExists } from "../../platform/mod.ts";
import { readEnvLines } from "../env_file.ts";
import { profilesOf, readAgentFiles } from "../profiles.ts";
import { isSecretRef, resolveRef } from "../reference.ts";
import { resolveRefs } from "../resolve.ts";
import { findSurfaces } from "../surface.ts";
import { typeOfPath } from "../targets.ts";
import type { RefAtPath } from "../types.ts";
import type { AuditFinding, AuditReport } from "./types.ts";

/** What is looked at. */
export interface AuditOptions {
  readonly snapshot: ConfigSnapshot;
  readonly paths: ConfigPaths;
  /** Whether programs may be run to see what they answer. */
  readonly allowExec: boolean;
}

/** A pointer in some file. */
interface FoundRef extends RefAtPath {
  readonly file: string;
  readonly jsonPath: string;
  readonly provider?: string;
}

/** A name of a variable that holds a credential. */
const SECRET_VARIABLE = /(?:_API_KEY|_KEY|_TOKEN|_SECRET|_PASSWORD)$/;

/** Looks at the configuration, the `.env` file and the files of all agents. */
export async function auditSecrets(options: AuditOptions): Promise<AuditReport> {
  const files = new Set<string>();
  const findings: AuditFinding[] = [];
  const refs: FoundRef[] = [
    ...auditConfig(options, files, findings),
    ...await auditAgents(options, files, findings),
  ];
  await auditEnvFile(options, files, findings);
  const isExec = ({ input }: FoundRef) => isSecretRef(input) && input.source === "exec";
  const checked = refs.filter((ref) => options.allowExec || !isExec(ref));
  findings.push(...await unresolvedRefs(checked, options));
  const count = (code: AuditFinding["code"]) =>
    findings.filter((each) => each.code === code).length;
  const summary = {
    plaintextCount: count("PLAINTEXT_FOUND"),
    unresolvedRefCount: count("REF_UNRESOLVED"),
    shadowedRefCount: count("REF_SHADOWED"),
    legacyResidueCount: count("LEGACY_RESIDUE"),
  };
  const skippedExecRefs = refs.length - checked.length;
  return {
    version: 1,
    status: summary.unresolvedRefCount > 0
      ? "unresolved"
      : findings.length > 0
      ? "findings"
      : "clean",
    resolution: {
      refsChecked: checked.length,
      skippedExecRefs,
      resolvabilityComplete: skippedExecRefs === 0,
    },
    filesScanned: [...files],
    summary,
    findings,
  };
}

function auditConfig(
  { snapshot }: AuditOptions,
  files: Set<string>,
  findings: AuditFinding[],
): FoundRef[] {
  const { path: file, parsed } = snapshot;
  if (snapshot.exists) files.add(file);
  for (const { path, provider } of plaintexts(parsed)) {
    findings.push(plaintext(file, formatPath(path), provider));
  }
  const { active, warnings } = findSurfaces(snapshot);
  for (const { code, path, message } of warnings) {
    if (code !== "SECRETS_GATEWAY_AUTH_SURFACE" || !message.endsWith("is used instead")) continue;
    findings.push({ code: "REF_SHADOWED", severity: "warn", file, jsonPath: path, message });
  }
  return active.map(({ path, input }) => {
    const jsonPath = formatPath(path);
    return { path, input, file, jsonPath, ...providerOf(path) };
  });
}

/** The texts of fields that could hold a pointer. */
export function* plaintexts(
  value: unknown,
  path: Path = [],
): Generator<{ path: Path; value: string; provider?: string }> {
  if (typeof value === "string") {
    if (value.trim() === "" || typeOfPath(path.map(String)) === undefined) return;
    if (isHarmlessHeader(path) || resolveRef(value, {}) !== undefined) return;
    yield { path, value, ...providerOf(path) };
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* plaintexts(item, [...path, index]);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) yield* plaintexts(item, [...path, key]);
  }
}

/** A header is a credential by its name alone. */
function isHarmlessHeader(path: Path): boolean {
  return path.at(-2) === "headers" &&
    !/authorization|api[-_]?key|token|secret|password|credential|cookie/i.test(String(path.at(-1)));
}

async function auditAgents(
  { paths, snapshot }: AuditOptions,
  files: Set<string>,
  findings: AuditFinding[],
): Promise<FoundRef[]> {
  const refs: FoundRef[] = [];
  for (const file of await readAgentFiles(paths.stateDir, "auth-profiles.json")) {
    files.add(file.path);
    for (const { id, provider, field, refField, plaintext: text, ref } of profilesOf(file)) {
      const path = ["profiles", id];
      const at = (name: string) => formatPath([...path, name]);
      if (text !== undefined) findings.push(plaintext(file.path, at(field), provider));
      if (isSecretRef(ref)) {
        const jsonPath = at(refField);
        refs.push({ path: [...path, refField], input: ref, file: file.path, jsonPath, provider });
      }
      const own = snapshot.parsed.models as JsonObject | undefined;
      const shadowed = isObject(own?.providers) ? own.providers[provider] : undefined;
      if (isObject(shadowed) && isSecretRef(shadowed.apiKey) && (text ?? ref) !== undefined) {
        findings.push({
          code: "REF_SHADOWED",
          severity: "warn",
          file: snapshot.path,
          jsonPath: formatPath(["models", "providers", provider, "apiKey"]),
          message: `the profile "${id}" of agent "${file.agentId}" has a credential as well`,
          provider,
        });
      }
    }
  }
  for (const file of await readAgentFiles(paths.stateDir, "models.json")) {
    files.add(file.path);
    const models = { models: { providers: file.content.providers } };
    for (const { path, provider } of plaintexts(models)) {
      findings.push(plaintext(file.path, formatPath(path.slice(1)), provider));
    }
  }
  for (const file of await readAgentFiles(paths.stateDir, "auth.json")) {
    files.add(file.path);
    for (const [provider, entry] of Object.entries(file.content)) {
      if (!isObject(entry) || entry.type !== "api_key" || !entry.key) continue;
      findings.push({
        code: "LEGACY_RESIDUE",
        severity: "warn",
        file: file.path,
        jsonPath: formatPath([provider, "key"]),
        message: "an older version left a key here; nothing reads it",
        provider,
      });
    }
  }
  return refs;
}

async function auditEnvFile(
  { paths }: AuditOptions,
  files: Set<string>,
  findings: AuditFinding[],
): Promise<void> {
  const file = join(paths.stateDir, ".env");
  const text = await readTextFileIfExists(file);
  if (text === undefined) return;
  files.add(file);
  for (const { name, value } of readEnvLines(text)) {
    if (value === "" || !SECRET_VARIABLE.test(name)) continue;
    findings.push(plaintext(file, `$env.${name}`, undefined));
  }
}

async function unresolvedRefs(
  refs: readonly FoundRef[],
  { snapshot }: AuditOptions,
): Promise<AuditFinding[]> {
  const outcomes = await resolveRefs(refs, { config: snapshot.config, env: snapshot.env });
  return refs.flatMap(({ file, jsonPath, provider }, index): AuditFinding[] => {
    const outcome = outcomes[index]!;
    if (outcome.ok) return [];
    const { message } = outcome.error;
    return [{
      code: "REF_UNRESOLVED",
      severity: "error",
      file,
      jsonPath,
      message,
      ...(provider === undefined ? {} : { provider }),
    }];
  });
}

function providerOf(path: Path): { provider?: string } {
  return path[0] === "models" && path[1] === "providers" ? { provider: String(path[2]) } : {};
}

function plaintext(file: string, jsonPath: string, provider: string | undefined): AuditFinding {
  return {
    code: "PLAINTEXT_FOUND",
    severity: "warn",
    file,
    jsonPath,
    message: `${jsonPath} is stored as plain text`,
    ...(provider === undefined ? {} : { provider }),
  };
}
