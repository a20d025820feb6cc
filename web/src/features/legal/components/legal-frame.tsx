import { Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { LegalLinks } from '@/components/legal-links';
import { Logo } from '@/components/logo';

import '../messages/catalogue';
import classes from './legal.module.css';

interface LegalFrameProps {
  title: string;
  intro?: string;
  children: ReactNode;
}

/** The frame of pages that anyone reads, signed in or not. */
export function LegalFrame({ title, intro, children }: LegalFrameProps) {
  const { t } = useTranslation('legal');
  useEffect(() => {
    document.title = `${title} · Longhaul`;
  }, [title]);
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <Link to="/" aria-label={t('home')}>
          <Logo />
        </Link>
      </header>
      <main className={classes.panel} data-hold>
        <Title order={1}>{title}</Title>
        {intro !== undefined && <p className={classes.intro}>{intro}</p>}
        {children}
        <div id="layers" />
      </main>
      <footer>
        <LegalLinks />
      </footer>
    </div>
  );
}
