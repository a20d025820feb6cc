import type { StorageInfo, StorageShare } from '@/api/model';
import { RelativeTime } from '@/components/relative-time';
import { formatBytes, formatPlural } from '@/lib/format';

import { ageName, ageOrder, typeName } from '../text';
import { GrowthChart } from './growth-chart';
import classes from './storage.module.css';

/** What is stored: in total, by type and age, and how it grew. */
export function SumsPart({ info: { sums, orphans, lost } }: { info: StorageInfo }) {
  const { bucketObjects, bucketBytes } = sums;
  return (
    <>
      <div className={classes.grid}>
        <section className={classes.card} aria-labelledby="stored">
          <h2 id="stored">Stored files</h2>
          <p className={classes.figure}>{formatBytes(sums.bytes)}</p>
          <p className={classes.note}>
            {formatPlural(sums.files, 'file', 'files')}.{' '}
            {sums.takenAt === null ? (
              'Not summed up yet; that happens every hour.'
            ) : (
              <>
                Summed up <RelativeTime at={sums.takenAt} />.
              </>
            )}
          </p>
        </section>
        <section className={classes.card} aria-labelledby="bucket">
          <h2 id="bucket">In the bucket</h2>
          <p className={classes.figure}>{bucketBytes === null ? '–' : formatBytes(bucketBytes)}</p>
          <p className={classes.note}>
            {bucketObjects === null ? 'Counted by the next sweep, within the hour.' : `${formatPlural(bucketObjects, 'object', 'objects')}, as the last sweep saw it.`}
          </p>
        </section>
        <section className={classes.card} aria-labelledby="differences">
          <h2 id="differences">Differences</h2>
          <p className={classes.figure}>{formatPlural(orphans.count, 'orphan', 'orphans')}</p>
          <p className={classes.note}>
            {formatBytes(orphans.bytes)} without a row. {lost.count === 0 ? 'No file is lost.' : `${formatPlural(lost.count, 'file is', 'files are')} lost.`}
          </p>
        </section>
      </div>
      <section className={classes.part} aria-labelledby="growth">
        <h2 id="growth">Growth</h2>
        <div className={classes.card}>
          <GrowthChart days={sums.days} />
        </div>
      </section>
      <div className={`${classes.part ?? ''} ${classes.grid ?? ''}`}>
        <Shares id="types" title="By type" shares={sums.types} name={typeName} />
        <Shares id="ages" title="By age" shares={sums.ages.toSorted((a, b) => ageOrder(a.name) - ageOrder(b.name))} name={ageName} />
      </div>
    </>
  );
}

function Shares({ id, title, shares, name }: { id: string; title: string; shares: readonly StorageShare[]; name: (name: string) => string }) {
  const most = shares.reduce((top, { bytes }) => Math.max(top, bytes), 1);
  return (
    <section className={classes.card} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {shares.length === 0 && <p className={classes.note}>Nothing is stored.</p>}
      <ul className={classes.shares}>
        {shares.map((share) => (
          <li key={share.name} className={classes.share}>
            <span>{name(share.name)}</span>
            <span>
              {formatBytes(share.bytes)} in {formatPlural(share.files, 'file', 'files')}
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
