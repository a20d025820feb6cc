import { Link } from '@tanstack/react-router';

import { problemOf, type Because } from '@/lib/reasons/reasons';

import classes from './problem-help.module.css';

/** Leads from a problem to what the reader can do about it. Of what is no problem it shows nothing. */
export function ProblemHelp({ reason }: { reason: Because }) {
  const code = problemOf(reason);
  if (code === '') return null;
  return (
    <Link to="/help" hash={code} className={classes.help}>
      What can I do?
    </Link>
  );
}
