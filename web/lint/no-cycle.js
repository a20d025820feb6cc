// An ESLint rule: no file imports itself by way of others, not even for types. import-x/no-cycle looks away from types,
// but a type that two files need has a place of its own as much as a function.
import ts from 'typescript';

/** The imports of each source file, resolved, by the declaration's position. */
const resolved = new WeakMap();

function importsOf(program, file) {
  const known = resolved.get(file);
  if (known) return known;
  const found = file.statements
    .filter((each) => (ts.isImportDeclaration(each) || ts.isExportDeclaration(each)) && each.moduleSpecifier)
    .map((each) => {
      const { resolvedModule } = ts.resolveModuleName(each.moduleSpecifier.text, file.fileName, program.getCompilerOptions(), ts.sys);
      return { at: each.getStart(file), target: resolvedModule };
    })
    .filter(({ target }) => target && !target.isExternalLibraryImport)
    .map(({ at, target }) => ({ at, path: target.resolvedFileName }));
  resolved.set(file, found);
  return found;
}

/** Returns the way from one file to another, or undefined if there is none. */
function wayTo(program, from, goal, seen) {
  if (from === goal) return [from];
  if (seen.has(from)) return undefined;
  seen.add(from);
  const file = program.getSourceFile(from);
  if (!file) return undefined;
  for (const { path } of importsOf(program, file)) {
    const rest = wayTo(program, path, goal, seen);
    if (rest) return [from, ...rest];
  }
  return undefined;
}

const short = (path) => path.slice(path.lastIndexOf('/src/') + 1);

export const noCycle = {
  meta: { type: 'problem', schema: [], messages: { cycle: 'This import leads back here: {{way}}.' } },
  create(context) {
    const { program } = context.sourceCode.parserServices;
    const file = program?.getSourceFile(context.filename);
    if (!file) return {};
    const check = (node) => {
      const { path } = importsOf(program, file).find(({ at }) => at === node.range[0]) ?? {};
      const way = path && wayTo(program, path, file.fileName, new Set());
      if (way) context.report({ node, messageId: 'cycle', data: { way: way.map(short).join(' → ') } });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check };
  },
};
