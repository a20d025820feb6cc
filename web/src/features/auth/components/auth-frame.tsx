import { Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';

import { Logo } from '@/components/logo';

import classes from './auth.module.css';

interface AuthFrameProps {
  title: string;
  intro: ReactNode;
  children: ReactNode;
}

/** The page around sign-in and set-up. */
export function AuthFrame({ title, intro, children }: AuthFrameProps) {
  useEffect(() => {
    document.title = `${title} · Longhaul`;
  }, [title]);
  return (
    <main className={classes.page}>
      <div className={classes.panel}>
        <Logo large />
        <Title order={1} className={classes.title}>
          {title}
        </Title>
        <p className={classes.intro}>{intro}</p>
        {children}
      </div>
    </main>
  );
}
