import { Link } from '@tanstack/react-router';

import { IconArrowLeft } from '@/components/icons';

import classes from './detail.module.css';

/** The way back to a list, with the filters that it had. */
export function BackLink({ to, children }: { to: '/' | '/admin/jobs'; children: string }) {
  return (
    <Link to={to} activeOptions={{ exact: true }} search={to === '/' ? {} : true} className={classes.back}>
      <IconArrowLeft size={16} aria-hidden="true" /> {children}
    </Link>
  );
}
