import { useTranslation } from 'react-i18next';

import type { JobDetail } from '@/api/model';
import { formatCount } from '@/lib/format';
import { text } from '@/lib/messages';

import './messages/catalogue';
import classes from './any-detail.module.css';

const labels = { stored: text('everybody:files.stored'), pending: text('everybody:files.notStoredYet'), skipped: text('everybody:files.notChosen'), lost: text('everybody:files.lostFromStorage'), trashed: text('everybody:files.inTheTrash'), deleted: text('everybody:files.deleted') } as const;

/** How many files there are in each state; those without are left out. */
export function Files({ files }: { files: JobDetail['files'] }) {
  const { t } = useTranslation('everybody');
  const shown = (Object.keys(labels) as (keyof typeof labels)[]).filter((state) => files[state] > 0);
  return (
    <section className={classes.part} aria-labelledby="files-title">
      <h2 id="files-title">{t('files.files')}</h2>
      {shown.length === 0 ? (
        <p className={classes.none}>{t('files.notKnownYet')}</p>
      ) : (
        <dl className={classes.counts}>
          {shown.map((state) => (
            <div key={state} data-tone={state === 'lost' ? 'bad' : undefined}>
              <dt>{labels[state]}</dt>
              <dd className="tabular">{formatCount(files[state])}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
