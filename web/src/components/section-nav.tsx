import { Link, type LinkProps } from '@tanstack/react-router';

import classes from './section-nav.module.css';

export interface SectionEntry {
  to: LinkProps['to'];
  label: string;
  /** Marks the entry only on its very own page, not on those below it. */
  exact?: boolean;
}

interface SectionNavProps {
  label: string;
  entries: readonly SectionEntry[];
}

/** The pages that belong together, side by side; the present one is marked. */
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
