/**
 * The project's own lint rules, for what a reviewer should not have to look for.
 *
 * @module
 */

/** Files that may touch the process, the environment and the clock. */
function mayBeAmbient(path: string): boolean {
  return /_test\.tsx?$/.test(path) || /\/(scripts|tests|lib\/(platform|std))\//.test(path);
}

/** Files of the program: below `lib/`, tests and the standard-library links excepted. */
function isProgram(path: string): boolean {
  return path.includes("/lib/") && !path.includes("/lib/std/") && !/_test\.tsx?$/.test(path);
}

function normalize(path: string): string {
  return path.replaceAll("\\", "/");
}

/** `a.b` of a member expression whose object is a plain name, else `undefined`. */
function memberName(node: Deno.lint.MemberExpression): string | undefined {
  if (node.computed || node.object.type !== "Identifier") return undefined;
  return node.property.type === "Identifier" ? `${node.object.name}.${node.property.name}` : "";
}

const noAmbient: Deno.lint.Rule = {
  create(context) {
    if (mayBeAmbient(normalize(context.filename))) return {};
    const banned = new Set(["Date.now", "performance.now", "Deno.env", "Deno.build"]);
    const report = (node: Deno.lint.Node, what: string): void =>
      context.report({
        node,
        message: `${what} is read outside of lib/platform`,
        hint: "Take a Clock or an Env as an argument",
      });
    return {
      MemberExpression(node) {
        const name = memberName(node);
        if (name === undefined) return;
        if (banned.has(name)) report(node, name);
        if (name.startsWith("process.")) report(node, "process");
      },
      NewExpression(node) {
        if (node.callee.type !== "Identifier" || node.callee.name !== "Date") return;
        if (node.arguments.length === 0) report(node, "new Date()");
      },
    };
  },
};

/** Whether a text ends with a doc comment; line comments after it do not matter. */
function endsWithDocComment(text: string): boolean {
  if (!/\*\/\s*(?:\/\/[^\n]*\s*)*$/.test(text.slice(-2000))) return false;
  return text.startsWith("/**", text.lastIndexOf("/*"));
}

type Exported = Deno.lint.ExportNamedDeclaration | Deno.lint.ExportDefaultDeclaration;

/** The name that an export declares, or `undefined` for lists and anonymous defaults. */
function exportedName(node: Exported): string | undefined {
  const declaration = node.declaration;
  if (declaration === null) return undefined;
  if (declaration.type === "VariableDeclaration") {
    const id = declaration.declarations[0]?.id;
    return id?.type === "Identifier" ? id.name : undefined;
  }
  if (!("id" in declaration) || declaration.id === null) return "default";
  return declaration.id?.type === "Identifier" ? declaration.id.name : undefined;
}

const documentedExport: Deno.lint.Rule = {
  create(context) {
    if (!isProgram(normalize(context.filename))) return {};
    const seen = new Set<string>();
    const check = (node: Exported): void => {
      const name = exportedName(node);
      if (name === undefined || seen.has(name)) return;
      // Overloads share the comment of the first one.
      seen.add(name);
      if (endsWithDocComment(context.sourceCode.text.slice(0, node.range[0]))) return;
      context.report({ node, message: `Export "${name}" has no doc comment` });
    };
    return { ExportNamedDeclaration: check, ExportDefaultDeclaration: check };
  },
};

function isInsideFunction(node: Deno.lint.Node): boolean {
  let current: Deno.lint.Node | undefined = node;
  while (current !== undefined && current.type !== "Program") {
    if (/Function|^MethodDefinition$|^PropertyDefinition$/.test(current.type)) return true;
    current = "parent" in current ? current.parent as Deno.lint.Node : undefined;
  }
  return false;
}

const lazySchema: Deno.lint.Rule = {
  create(context) {
    if (!isProgram(normalize(context.filename))) return {};
    const names = new Set<string>();
    return {
      ImportDeclaration(node) {
        if (!/^zod(\/|$)/.test(node.source.value) || node.importKind === "type") return;
        for (const one of node.specifiers) names.add(one.local.name);
      },
      CallExpression(node) {
        if (names.size === 0 || isInsideFunction(node)) return;
        const callee = node.callee;
        const root = callee.type === "MemberExpression" ? callee.object : callee;
        if (root.type !== "Identifier" || !names.has(root.name)) return;
        // A registry is empty when it is made and costs nothing.
        if (callee.type === "MemberExpression" && memberName(callee)?.endsWith(".registry")) return;
        context.report({
          node,
          message: "A schema is built when the module is loaded",
          hint: "Build it in a memoised function, on first use",
        });
      },
    };
  },
};

/** The fixed end of a text expression: of a string, a template, or the last part of a sum. */
function textEnd(node: Deno.lint.Node | undefined): string {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type === "TemplateLiteral") return node.quasis.at(-1)?.cooked ?? "";
  if (node?.type === "BinaryExpression" && node.operator === "+") return textEnd(node.right);
  return "";
}

const errorMessage: Deno.lint.Rule = {
  create(context) {
    return {
      NewExpression(node) {
        if (node.callee.type !== "Identifier" || !/^\w*Error$/.test(node.callee.name)) return;
        const isCoded = node.callee.name === "AppError" || node.callee.name === "ModelError";
        const message = isCoded ? node.arguments[1] : node.arguments[0];
        const end = textEnd(message);
        // Two sentences are a text that clients of the original know; it keeps its full stops.
        if (!/[^.]\.$/.test(end) || /[.!?] /.test(end)) return;
        context.report({
          node: message ?? node,
          message: `Message of ${node.callee.name} ends with a full stop`,
        });
      },
    };
  },
};

/** The bundler of the executable inlines what is read once and forgets that it was to be closed. */
const noUsing: Deno.lint.Rule = {
  create(context) {
    const path = normalize(context.filename);
    if (!isProgram(path) || /_testing\.ts$/.test(path)) return {};
    return {
      VariableDeclaration(node) {
        if (node.kind !== "using" && node.kind !== "await using") return;
        context.report({
          node,
          message: "using is lost in the executable where its value is read once",
          hint: "Close it in a finally block",
        });
      },
    };
  },
};

const plugin: Deno.lint.Plugin = {
  name: "openclaw",
  rules: {
    "no-ambient": noAmbient,
    "documented-export": documentedExport,
    "lazy-schema": lazySchema,
    "error-message": errorMessage,
    "no-using": noUsing,
  },
};

export default plugin;
