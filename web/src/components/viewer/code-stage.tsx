import { useQuery } from '@tanstack/react-query';
import type { ElementContent, Root } from 'hast';
import { createLowlight } from 'lowlight';
import { Fragment, useMemo, type ReactNode } from 'react';

import { grammarOf, type Shown } from './shown';
import { readText } from './text';
import { Pre, WithText } from './text-stage';
import classes from './viewer.module.css';

const lowlight = createLowlight();

/** A file of code, with its words in colours. */
export function CodeStage({ file, url }: { file: Shown; url: string }) {
  const grammar = grammarOf(file.name);
  const { data: known } = useQuery({
    queryKey: ['viewer', 'grammar', grammar?.language ?? ''],
    queryFn: async () => {
      if (!grammar) return '';
      const { default: definition } = await grammar.load();
      lowlight.register(grammar.language, definition);
      return grammar.language;
    },
    staleTime: Infinity,
  });
  return (
    <WithText file={file} url={url} read={readText}>
      {(text) => (
        <Pre label={file.name} kind="code">
          {known ? <Coloured text={text} language={known} /> : text}
        </Pre>
      )}
    </WithText>
  );
}

function Coloured({ text, language }: { text: string; language: string }) {
  const tree: Root = useMemo(() => lowlight.highlight(language, text), [text, language]);
  return <>{tree.children.map((node, at) => elementOf(node as ElementContent, at))}</>;
}

const colours: Record<string, string | undefined> = {
  'hljs-keyword': classes.keyword, 'hljs-literal': classes.keyword, 'hljs-built_in': classes.keyword, 'hljs-type': classes.keyword, 'hljs-tag': classes.keyword, 'hljs-name': classes.keyword,
  'hljs-string': classes.string, 'hljs-regexp': classes.string, 'hljs-number': classes.number, 'hljs-comment': classes.comment, 'hljs-quote': classes.comment, 'hljs-meta': classes.comment,
  'hljs-title': classes.title, 'hljs-attr': classes.title, 'hljs-attribute': classes.title, 'hljs-section': classes.title,
};

/** Makes React elements of a highlighted text: spans and text, and nothing else. */
function elementOf(node: ElementContent, key: number): ReactNode {
  if (node.type === 'text') return <Fragment key={key}>{node.value}</Fragment>;
  if (node.type !== 'element') return null;
  const names = Array.isArray(node.properties.className) ? node.properties.className : [];
  const colour = names.map((name) => colours[name]).find((each) => each !== undefined);
  return (
    <span key={key} className={colour}>
      {node.children.map((child, at) => elementOf(child, at))}
    </span>
  );
}
