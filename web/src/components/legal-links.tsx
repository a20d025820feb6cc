import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { addCatalogue } from '@/lib/messages';

import classes from './legal-links.module.css';
import en from './messages/legal-links.json';

declare module '@/lib/messages' {
  interface Catalogues {
    legalLinks: typeof en;
  }
}

addCatalogue('legalLinks', en);

/** The legal pages, by their addresses. */
export const legalLinks = [
  { to: '/terms', name: 'terms' },
  { to: '/privacy', name: 'privacy' },
  { to: '/dmca', name: 'dmca' },
] as const;

/** Links to the legal pages, for the foot of every page that strangers see. */
export function LegalLinks() {
  const { t } = useTranslation('legalLinks');
  return (
    <nav className={classes.links} aria-label={t('label')}>
      {legalLinks.map(({ to, name }) => (
        <Link key={to} to={to}>
          {t(name)}
        </Link>
      ))}
    </nav>
  );
}
