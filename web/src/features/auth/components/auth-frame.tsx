import { Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';

import { LegalLinks } from '@/components/legal-links';
import { Logo } from '@/components/logo';

import classes from './auth.module.css';

interface AuthFrameProps {
  title: string;
  intro: ReactNode;
  /** Links to other pages, under the panel. */
  foot?: ReactNode;
  children?: ReactNode;
}

/** The frame of every page before sign-in. */
export function AuthFrame({ title, intro, foot, children }: AuthFrameProps) {
  useEffect(() => {
    document.title = `${title} · Longhaul`;
  }, [title]);
  return (
    <main className={classes.page}>
      <div className={classes.column}>
        <div className={classes.panel}>
          <Logo large />
          <Title order={1} className={classes.title}>
            {title}
          </Title>
          <p className={classes.intro}>{intro}</p>
          {children}
        </div>
        {foot !== undefined && <p className={classes.foot}>{foot}</p>}
        <LegalLinks />
      </div>
      <div id="layers" />
    </main>
  );
}
