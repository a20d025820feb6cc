import type { ExtraProps } from 'react-markdown';

type Element = NonNullable<ExtraProps['node']>;
type Child = Element['children'][number];

const isElement = (node: Child): node is Element => node.type === 'element';
const named = (names: string[], { children }: { children: Child[] }): Element[] =>
  children.filter(isElement).flatMap((child) => (names.includes(child.tagName) ? [child] : named(names, child)));
const textOf = (node: Child): string => (node.type === 'text' ? node.value : 'children' in node ? node.children.map(textOf).join('') : '');

/** A rehype plugin that gives each cell of a table the words of its column's head, for a style that shows rows as cards. */
export function labelCells() {
  return (tree: { children: Child[] }) => {
    for (const table of named(['table'], tree)) {
      const heads = named(['th'], table).map(textOf);
      for (const row of named(['tr'], table)) named(['td'], row).forEach((cell, at) => (cell.properties.dataLabel = heads[at] ?? ''));
    }
  };
}
