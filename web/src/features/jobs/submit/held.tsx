import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import './messages/catalogue';
import classes from './submit-box.module.css';

interface HeldProps {
  id: string;
  name: string;
  finished: boolean;
  busy: boolean;
  onAgain: () => void;
}

/** Says that the user has a source already, and leads there. */
export function Held({ id, name, finished, busy, onAgain }: HeldProps) {
  const { t } = useTranslation('submit');
  return (
    <p className={classes.held} role="status">
      <span>{t(finished ? 'held' : 'fetching', { name })}</span>
      <Link to="/jobs/$jobId" params={{ jobId: id }}>
        {t('open')}
      </Link>
      {finished && (
        <Button size="compact-xs" variant="default" disabled={busy} onClick={onAgain}>
          {t('again')}
        </Button>
      )}
    </p>
  );
}
