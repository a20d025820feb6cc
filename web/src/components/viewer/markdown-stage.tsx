import Markdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';

import { text } from '@/lib/messages';

import './document-messages/catalogue';
import type { Shown } from './shown';
import { readText } from './text';
import { WithText } from './text-stage';
import classes from './viewer.module.css';

// A picture would tell its server who reads the file; its text takes its place.
const components: Components = {
  img: ({ alt }) => <em>{alt === undefined || alt === '' ? text('documents:markdownStage.picture') : alt}</em>,
  // Only task lists make inputs.
  input: ({ checked }) => <input type="checkbox" checked={checked === true} disabled aria-label={checked === true ? text('documents:markdownStage.done') : text('documents:markdownStage.toDo')} />,
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer noopener nofollow">
      {children}
    </a>
  ),
};

const plugins = [remarkGfm];

/** A Markdown file. HTML in it shows as text, and nothing in it is loaded. */
export function MarkdownStage({ file, url }: { file: Shown; url: string }) {
  return (
    <WithText file={file} url={url} read={readText}>
      {(text) => (
        <article className={classes.markdown} aria-label={file.name}>
          <Markdown remarkPlugins={plugins} components={components}>
            {text}
          </Markdown>
        </article>
      )}
    </WithText>
  );
}
