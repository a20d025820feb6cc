import { Link, type LinkProps } from '@tanstack/react-router';

import classes from './section-nav.module.css';

export interface SectionEntry {
  to: LinkProps['to'];
  label: string;
  /** Marks the entry on its own page only, not on pages below it. */
  exact?: boolean;
}

interface SectionNavProps {
  label: string;
  entries: readonly SectionEntry[];
}

/** Links to related pages, side by side; the current one is marked. */
export function SectionNav({ label, entries }: SectionNavProps) {
  return (
    <nav className={classes.nav} aria-label={label}>
      {entries.map(({ to, label: text, exact = false }) => (
        <Link key={to} to={to} className={classes.entry} activeOptions={{ exact, includeSearch: false }}>
          {text}
        </Link>
      ))}
    </nav>
  );
}
