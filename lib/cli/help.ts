/**
 * Help text, made from the command table.
 *
 * @module
 */
import { BUILD_COMMIT, type Env, VERSION } from "../base/mod.ts";
import type { Output } from "./output.ts";
import { ROOT_OPTIONS } from "./parsing/root_flags.ts";
import {
  type ArgumentSpec,
  childrenOf,
  commandName,
  type CommandSpec,
  type OptionSpec,
} from "./table.ts";
import { padColumns, wrapText } from "./width.ts";

const MAX_COLUMNS = 100;
const TAGLINE = "your agents, one file, always on";

/** `OpenClaw <version> (<commit>)`. */
export function versionLine(): string {
  return `OpenClaw ${VERSION} (${BUILD_COMMIT})`;
}

/** Writes the help of one command, banner first. */
export function printHelp(
  spec: CommandSpec,
  table: readonly CommandSpec[],
  out: Output,
  env: Env,
): void {
  if ((env.get("OPENCLAW_HIDE_BANNER") ?? "") === "") {
    out.line(`🦞 ${out.paint(versionLine(), "strong")} — ${TAGLINE}`);
    out.line();
  }
  out.line(renderHelp(spec, table, { columns: out.columns }));
}

/** The help of one command without the banner. */
export function renderHelp(
  spec: CommandSpec,
  table: readonly CommandSpec[],
  { columns }: { columns: number },
): string {
  const width = Math.min(MAX_COLUMNS, Math.max(40, columns));
  const children = childrenOf(table, spec.path);
  const sections = [
    `Usage: ${usageLine(spec, children.length > 0)}`,
    wrapText(spec.summary, width).join("\n"),
    ...(spec.details === undefined ? [] : [wrapText(spec.details, width).join("\n")]),
    ...section("Arguments", (spec.args ?? []).map(argumentRow), width),
    ...section("Commands", children.map((child) => [commandLabel(child), child.summary]), width),
    ...section("Options", visible(spec.options).map(optionRow), width),
    ...rootSection(spec, width),
    ...examples(spec),
  ];
  return sections.join("\n\n");
}

/** The usage line of a command, without the word `Usage`. */
export function usageLine(spec: CommandSpec, hasChildren: boolean): string {
  const parts = [commandName(spec.path)];
  if (hasChildren) parts.push(spec.load === undefined ? "<command>" : "[command]");
  for (const argument of spec.args ?? []) parts.push(argumentLabel(argument));
  if (visible(spec.options).length > 0 || spec.path.length === 0) parts.push("[options]");
  return parts.join(" ");
}

/** `<name>` or `[name]`. */
export function argumentLabel(argument: ArgumentSpec): string {
  const name = argument.variadic ? `${argument.name}...` : argument.name;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** `-s, --name <value>`. */
export function optionLabel(option: OptionSpec): string {
  const names = [
    ...(option.short === undefined ? [] : [`-${option.short}`]),
    ...[option.name, ...(option.aliases ?? [])].map((name) => `--${name}`),
  ].join(", ");
  if (option.type === "flag") return names;
  const value = option.placeholder ?? "value";
  return `${names} ${option.bareValue === undefined ? `<${value}>` : `[${value}]`}`;
}

/** The description with choices, default and environment variable. */
export function optionText(option: OptionSpec): string {
  const facts = [
    ...(option.choices === undefined ? [] : [option.choices.join(" | ")]),
    ...(option.default === undefined ? [] : [`default: ${option.default}`]),
    ...(option.type === "list" ? ["may be repeated"] : []),
    ...(option.env === undefined ? [] : [`env: ${option.env}`]),
  ];
  return facts.length === 0 ? option.description : `${option.description} (${facts.join("; ")})`;
}

/** Options that help and completion show. */
export function visible(options: readonly OptionSpec[] | undefined): OptionSpec[] {
  return (options ?? []).filter((option) => !option.hidden);
}

function argumentRow(argument: ArgumentSpec): string[] {
  const choices = argument.choices === undefined ? "" : ` (${argument.choices.join(" | ")})`;
  return [argumentLabel(argument), argument.description + choices];
}

function optionRow(option: OptionSpec): string[] {
  return [optionLabel(option), optionText(option)];
}

function commandLabel(spec: CommandSpec): string {
  return [spec.path.at(-1)!, ...(spec.aliases ?? [])].join(", ");
}

function rootSection(spec: CommandSpec, width: number): string[] {
  if (spec.path.length > 0) return ["Root options: openclaw --help"];
  return section("Options", visible(ROOT_OPTIONS).map(optionRow), width);
}

function section(title: string, rows: readonly (readonly string[])[], width: number): string[] {
  if (rows.length === 0) return [];
  const label = Math.min(34, Math.max(...rows.map(([name]) => name!.length)));
  const lines = rows.flatMap(([name, text]) => {
    const wrapped = wrapText(text!, Math.max(20, width - label - 4));
    const isLong = name!.length > label;
    const body = wrapped.map((line, index) => {
      const head = index === 0 && !isLong ? name! : "";
      return `  ${padColumns(head, label)}  ${line}`.trimEnd();
    });
    return isLong ? [`  ${name}`, ...body] : body;
  });
  return [`${title}:\n${lines.join("\n")}`];
}

function examples(spec: CommandSpec): string[] {
  if (spec.examples === undefined || spec.examples.length === 0) return [];
  const lines = spec.examples.flatMap(({ command, description }) => [
    `  # ${description}`,
    `  ${command}`,
  ]);
  return [`Examples:\n${lines.join("\n")}`];
}
