import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { ErrorNotice } from '@/components/notice';

import { legalQuery, type LegalName } from '../api';
import classes from './legal.module.css';
import { LegalFrame } from './legal-frame';
import { Markdown } from './markdown';

/** Terms, privacy or the copyright policy. */
export function LegalPage({ name }: { name: LegalName }) {
  const { t } = useTranslation('legal');
  const { data, error, refetch } = useQuery(legalQuery(name));
  return (
    <LegalFrame title={t(`pages.${name}`)}>
      {error && !data && <ErrorNotice error={error} title={t('notLoaded')} retry={() => void refetch()} />}
      {!error && !data && <Skeleton height={420} radius="md" role="status" aria-label={t('loading')} />}
      {data && (
        <div className={classes.text}>
          <Markdown text={data.text} />
        </div>
      )}
      {name === 'dmca' && (
        <div className={classes.act}>
          <Button renderRoot={(props) => <Link to="/dmca/notice" {...props} />}>{t('toForm')}</Button>
        </div>
      )}
    </LegalFrame>
  );
}
