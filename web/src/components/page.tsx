import { Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';

import classes from './page.module.css';

interface PageProps {
  title: string;
  /** The way back to a list, above the title. */
  back?: ReactNode;
  /** One or two sentences under the title. */
  intro?: ReactNode;
  /** Buttons beside the title. */
  actions?: ReactNode;
  /** Shows the title to screen readers and in the browser tab only. */
  quietTitle?: boolean;
  narrow?: boolean;
  children: ReactNode;
}

/** The frame of a page: its title, also set on the document, and its content. */
export function Page({ title, back, intro, actions, quietTitle = false, narrow = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Longhaul`;
  }, [title]);
  return (
    <div className={classes.page} data-narrow={narrow || undefined}>
      {back}
      <div className={classes.head} data-quiet={quietTitle || undefined}>
        <div>
          <Title order={1}>{title}</Title>
          {intro !== undefined && <p className={classes.intro}>{intro}</p>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}
