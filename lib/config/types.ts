/**
 * The shapes that the rest of the program sees of the configuration.
 *
 * @module
 */
import type { Env, JsonObject } from "../base/mod.ts";
import type { SectionTypes } from "./schema/sections.ts";

/** A whole configuration; every section may be absent. */
export type OpenClawConfig =
  & SectionTypes
  & { $schema?: string };

/** Something wrong, or doubtful, at one place of the configuration. */
export interface ConfigIssue {
  /** Such as `agents.list[0].id`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** What would be accepted, where that is a short list. */
  readonly allowedValues?: readonly string[];
}

/** A `${NAME}` whose variable has no value. */
export interface MissingVar {
  /** Where it is used. */
  readonly path: string;
  readonly name: string;
}

/** Where a profile keeps its things; all paths are absolute. */
export interface ConfigPaths {
  /** Absent for the default profile. */
  readonly profile?: string;
  readonly home: string;
  readonly stateDir: string;
  readonly configPath: string;
  /** Workspace of the default agent when none is configured. */
  readonly workspaceDir: string;
}

/** One reading of the configuration file; never changes. */
export interface ConfigSnapshot {
  readonly path: string;
  readonly exists: boolean;
  /** The text of the file; empty when there is none. */
  readonly raw: string;
  /** SHA-256 of the file's bytes in hexadecimal; that of nothing when there is no file. */
  readonly hash: string;
  /**
   * Changes with everything that the configuration is made of: the file, what it includes, and the
   * `.env` files.
   */
  readonly revision: string;
  /** Those files, also such as are not there. */
  readonly files: readonly string[];
  /** Those of them that the configuration includes. */
  readonly includes: readonly string[];
  /**
   * What the text says, includes in place and before substitution; empty when it cannot be parsed.
   */
  readonly parsed: JsonObject;
  /** With variables substituted. Where the file is invalid, without the values that are wrong. */
  readonly config: OpenClawConfig;
  readonly valid: boolean;
  readonly issues: readonly ConfigIssue[];
  readonly warnings: readonly ConfigIssue[];
  readonly missingVars: readonly MissingVar[];
  /** The environment, with the variables of files and of the `env` section where it has none. */
  readonly env: Env;
  /** The environment of the process alone; what another reading starts from. */
  readonly processEnv: Env;
  /** The variables of the `.env` files. */
  readonly fileVariables: Readonly<Record<string, string>>;
  /** Present where `config` has secrets in place of the pointers to them. */
  readonly resolved?: ResolvedSecrets;
}

/** The secrets that were put into a configuration; in memory only. */
export interface ResolvedSecrets {
  /** The configuration with the pointers, which is the one to show. */
  readonly pointers: OpenClawConfig;
  /** Each secret by the path of its field. */
  readonly values: ReadonlyMap<string, string>;
  /** The credentials that agents have besides the configuration; absent where nobody looked. */
  readonly profiles?: AgentProfiles;
}

/** Keys and tokens by agent and, in lower case, provider. */
export type AgentProfiles = ReadonlyMap<string, ReadonlyMap<string, string>>;
