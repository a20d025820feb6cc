import { Link } from '@tanstack/react-router';
import ReactMarkdown, { type Components, type Options } from 'react-markdown';
import remarkGfm from 'remark-gfm';

import { labelCells } from '../label-cells';
import classes from './legal.module.css';

const remarkPlugins: Options['remarkPlugins'] = [remarkGfm];
const rehypePlugins: Options['rehypePlugins'] = [labelCells];

const components: Components = {
  h1: 'h2', // the page has its own first heading
  img: ({ alt }) => alt, // nothing is loaded from elsewhere
  table: ({ children }) => <table className={classes.table}>{children}</table>,
  th: ({ children }) => <th scope="col">{children}</th>,
  a: ({ href = '', children }) =>
    /^\/(?![/\\])/.test(href) ? (
      // A page of this app, as the text names it; one that isn't there says so.
      <Link to={href as '/'}>{children}</Link>
    ) : (
      <a href={href} rel="noopener noreferrer">
        {children}
      </a>
    ),
};

/** Shows Markdown. HTML in it stays text. On a phone each row of a table stands as a card with the head's words beside its cells. */
export function Markdown({ text }: { text: string }) {
  return (
    <ReactMarkdown remarkPlugins={remarkPlugins} rehypePlugins={rehypePlugins} components={components}>
      {text}
    </ReactMarkdown>
  );
}
