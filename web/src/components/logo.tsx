import classes from './logo.module.css';

/** The mark and the name. */
export function Logo({ large = false }: { large?: boolean }) {
  return (
    <span className={classes.logo} data-large={large || undefined}>
      <svg viewBox="0 0 32 32" className={classes.mark} aria-hidden="true">
        <rect width="32" height="32" rx="9" className={classes.ground} />
        <path d="M9 7.5v12.2c0 2.4 1.4 3.8 3.8 3.8H24" className={classes.road} />
        <path d="M17.5 8v8.2m-3.9-3.6 3.9 3.9 3.9-3.9" className={classes.load} />
      </svg>
      <span className={classes.name}>Longhaul</span>
    </span>
  );
}
