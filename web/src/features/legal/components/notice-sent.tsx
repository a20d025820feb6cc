import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import type { SentTakedownNotice } from '@/api/model';

import classes from './legal.module.css';

/** What the sender of a notice keeps. */
export function NoticeSent({ sent }: { sent: SentTakedownNotice }) {
  const { t } = useTranslation('legal');
  const start = useRef<HTMLDivElement>(null);
  useEffect(() => {
    start.current?.focus();
    window.scrollTo(0, 0);
  }, []);
  return (
    <div ref={start} tabIndex={-1} className={classes.form}>
      <p>{t('sent.text')}</p>
      <dl className={classes.facts}>
        <dt>{t('sent.reference')}</dt>
        <dd>
          <code>{sent.reference}</code>
        </dd>
      </dl>
      <p>{t('sent.link')}</p>
      <p className={classes.link}>
        <code>{`${window.location.origin}/dmca/status?token=${sent.token}`}</code>
      </p>
      <div>
        <Button renderRoot={(props) => <Link to="/dmca/status" search={{ token: sent.token }} {...props} />}>{t('sent.open')}</Button>
      </div>
    </div>
  );
}
