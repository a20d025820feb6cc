import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';

import { parseMarkdown, type Block, type Inline } from '../markdown';
import classes from './legal.module.css';

/** Shows Markdown. Everything becomes elements and text, never HTML. */
export function Markdown({ text }: { text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return <Blocks blocks={blocks} />;
}

function Blocks({ blocks }: { blocks: Block[] }) {
  return blocks.map((block, at) => <OneBlock key={at} block={block} />);
}

function OneBlock({ block }: { block: Block }) {
  switch (block.kind) {
    case 'heading': {
      const Heading = `h${block.level}` as const;
      return (
        <Heading>
          <Inlines inner={block.inner} />
        </Heading>
      );
    }
    case 'paragraph':
      return (
        <p>
          <Inlines inner={block.inner} />
        </p>
      );
    case 'quote':
      return (
        <blockquote>
          <Blocks blocks={block.blocks} />
        </blockquote>
      );
    case 'list': {
      const List = block.ordered ? 'ol' : 'ul';
      return (
        <List>
          {block.items.map((item, at) => (
            <li key={at}>
              <Inlines inner={item} />
            </li>
          ))}
        </List>
      );
    }
    case 'table':
      return <Table head={block.head} rows={block.rows} />;
    case 'rule':
      return <hr />;
  }
}

/** On a phone each row stands as a card with the head's words beside its cells. */
function Table({ head, rows }: { head: Inline[][]; rows: Inline[][][] }) {
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          {head.map((cell, at) => (
            <th key={at} scope="col">
              <Inlines inner={cell} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, line) => (
          <tr key={line}>
            {row.map((cell, at) => (
              <td key={at} data-label={plainOf(head[at] ?? [])}>
                <Inlines inner={cell} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function plainOf(inner: Inline[]): string {
  return inner.map((each) => ('text' in each ? each.text : plainOf(each.inner))).join('');
}

function Inlines({ inner }: { inner: Inline[] }) {
  return inner.map((each, at) => {
    switch (each.kind) {
      case 'text':
        return each.text;
      case 'code':
        return <code key={at}>{each.text}</code>;
      case 'strong':
        return (
          <strong key={at}>
            <Inlines inner={each.inner} />
          </strong>
        );
      case 'em':
        return (
          <em key={at}>
            <Inlines inner={each.inner} />
          </em>
        );
      case 'link':
        return each.href.startsWith('/') ? (
          // A page of this app, as the text names it; one that isn't there says so.
          <Link key={at} to={each.href as '/'}>
            <Inlines inner={each.inner} />
          </Link>
        ) : (
          <a key={at} href={each.href} rel="noopener noreferrer">
            <Inlines inner={each.inner} />
          </a>
        );
    }
  });
}
