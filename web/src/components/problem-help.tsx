import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { problemOf, type Because } from '@/lib/reasons/reasons';

import './messages/catalogue';
import classes from './problem-help.module.css';

/** Leads from a problem to what the reader can do about it. Of what is no problem it shows nothing. */
export function ProblemHelp({ reason }: { reason: Because }) {
  const { t } = useTranslation('components');
  const code = problemOf(reason);
  if (code === '') return null;
  return (
    <Link to="/help" hash={code} className={classes.help}>
      {t('problemHelp.whatCanI')}
    </Link>
  );
}
