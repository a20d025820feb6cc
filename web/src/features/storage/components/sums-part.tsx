import { Trans, useTranslation } from 'react-i18next';

import type { StorageInfo, StorageShare } from '@/api/model';
import { RelativeTime } from '@/components/relative-time';
import { formatBytes, formatCount } from '@/lib/format';

import '../messages/catalogue';
import { ageName, ageOrder, typeName } from '../text';
import { GrowthChart } from './growth-chart';
import classes from './storage.module.css';

/** What is stored: in total, by type and age, and how it grew. */
export function SumsPart({ info: { sums, orphans, lost } }: { info: StorageInfo }) {
  const { t } = useTranslation('storage');
  const { bucketObjects, bucketBytes } = sums;
  return (
    <>
      <div className={classes.grid}>
        <section className={classes.card} aria-labelledby="stored">
          <h2 id="stored">{t('sumsPart.storedFiles')}</h2>
          <p className={classes.figure}>{formatBytes(sums.bytes)}</p>
          <p className={classes.note}>
            {t('sumsPart.files', { count: sums.files, number: formatCount(sums.files) })}.{' '}
            {sums.takenAt === null ? (
              t('sumsPart.notSummedUp')
            ) : (
              <>
                <Trans t={t} i18nKey="sumsPart.summedUp" components={{ relativetime: <RelativeTime at={sums.takenAt} /> }} />
              </>
            )}
          </p>
        </section>
        <section className={classes.card} aria-labelledby="bucket">
          <h2 id="bucket">{t('sumsPart.inTheBucket')}</h2>
          <p className={classes.figure}>{bucketBytes === null ? '–' : formatBytes(bucketBytes)}</p>
          <p className={classes.note}>
            {bucketObjects === null ? t('sumsPart.countedByThe') : t('sumsPart.objectsAsThe', { count: bucketObjects, number: formatCount(bucketObjects) })}
          </p>
        </section>
        <section className={classes.card} aria-labelledby="differences">
          <h2 id="differences">{t('sumsPart.differences')}</h2>
          <p className={classes.figure}>{t('sumsPart.orphans', { count: orphans.count, number: formatCount(orphans.count) })}</p>
          <p className={classes.note}>
            {lost.count === 0 ? t('sumsPart.withoutARow', { bytes: formatBytes(orphans.bytes) }) : t('sumsPart.withoutARowFiles', { count: lost.count, number: formatCount(lost.count), bytes: formatBytes(orphans.bytes) })}
          </p>
        </section>
      </div>
      <section className={classes.part} aria-labelledby="growth">
        <h2 id="growth">{t('sumsPart.growth')}</h2>
        <div className={classes.card}>
          <GrowthChart days={sums.days} />
        </div>
      </section>
      <div className={`${classes.part ?? ''} ${classes.grid ?? ''}`}>
        <Shares id="types" title={t('sumsPart.byType')} shares={sums.types} name={typeName} />
        <Shares id="ages" title={t('sumsPart.byAge')} shares={sums.ages.toSorted((a, b) => ageOrder(a.name) - ageOrder(b.name))} name={ageName} />
      </div>
    </>
  );
}

function Shares({ id, title, shares, name }: { id: string; title: string; shares: readonly StorageShare[]; name: (name: string) => string }) {
  const { t } = useTranslation('storage');
  const most = shares.reduce((top, { bytes }) => Math.max(top, bytes), 1);
  return (
    <section className={classes.card} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {shares.length === 0 && <p className={classes.note}>{t('sumsPart.nothingIsStored')}</p>}
      <ul className={classes.shares}>
        {shares.map((share) => (
          <li key={share.name} className={classes.share}>
            <span>{name(share.name)}</span>
            <span>
              {t('sumsPart.inFiles', { count: share.files, number: formatCount(share.files), bytes: formatBytes(share.bytes) })}
            </span>
            <span className={classes.bar} aria-hidden="true">
              <span style={{ width: `${(share.bytes / most) * 100}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
