import { ActionIcon, Checkbox, Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';

import type { OwnedJob } from '@/api/model';
import { IconDots, IconExternalLink, IconUserCircle } from '@/components/icons';
import { RelativeTime } from '@/components/relative-time';
import { formatBytes } from '@/lib/format';
import { text } from '@/lib/messages';
import { providerTitles } from '@/lib/provider';
import { useMenuButton } from '@/lib/use-menu-button';
import { useNow } from '@/lib/use-now';

import { StateLabel } from '../components/state-label';
import { briefOf } from '../situation';
import { nameOf } from '../state';
import './messages/catalogue';
import { offerIcon, offerLabel, offersOf, type Offer } from './acts';
import classes from './everybody.module.css';

interface AnyRowProps {
  job: OwnedJob;
  position: number;
  count: number;
  selected: boolean;
  onSelect: (job: OwnedJob, on: boolean, range: boolean) => void;
  onAct: (job: OwnedJob, offer: Offer) => void;
  onUser: (email: string) => void;
}

/** One download among those of all accounts. */
export const AnyRow = memo(function AnyRow({ job, position, count, selected, onSelect, onAct, onUser }: AnyRowProps) {
  const name = nameOf(job);
  const why = briefOf(job, job.progress, useNow());
  return (
    <div className={classes.row} role="listitem" aria-posinset={position} aria-setsize={count} data-selected={selected || undefined} data-job={job.id}>
      <Checkbox
        className={classes.check}
        aria-label={text('everybody:anyRow.select', { name })}
        checked={selected}
        onChange={(event) => onSelect(job, event.currentTarget.checked, (event.nativeEvent as MouseEvent).shiftKey)}
      />
      <div className={classes.main}>
        <Link to="/admin/jobs/$jobId" params={{ jobId: job.id }} search className={classes.name} title={name} data-row-link>
          {name}
        </Link>
        {why !== '' && (
          <p className={classes.why} title={why}>
            {why}
          </p>
        )}
      </div>
      <div className={classes.facts}>
        <StateLabel job={job} />
        <button type="button" className={classes.owner} title={text('everybody:anyRow.showOnlyDownloads', { email: job.owner.email })} onClick={() => onUser(job.owner.email)}>
          {job.owner.email}
        </button>
        <span className={classes.place} title={placeOf(job)}>
          {placeOf(job)}
        </span>
        <span className={`${classes.size} tabular`}>{job.size === null ? '–' : formatBytes(job.size)}</span>
        <span className={classes.age}>
          <RelativeTime at={job.createdAt} />
        </span>
      </div>
      <div className={classes.menu}>
        <RowMenu job={job} onAct={onAct} />
      </div>
    </div>
  );
});

/** Names where a download is fetched: its agent, or its provider. */
export function placeOf(job: OwnedJob): string {
  return job.agent?.name ?? providerTitles[job.provider];
}

function RowMenu({ job, onAct }: Pick<AnyRowProps, 'job' | 'onAct'>) {
  const { t } = useTranslation('everybody');
  const { button, choose } = useMenuButton();
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon ref={button} variant="subtle" color="gray" size="lg" aria-label={t('anyRow.actionsFor', { job: nameOf(job) })}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          data-autofocus
          leftSection={<IconExternalLink size={16} />}
          renderRoot={(props) => <Link to="/admin/jobs/$jobId" params={{ jobId: job.id }} search {...props} />}
        >
          {t('anyRow.open')}
        </Menu.Item>
        <Menu.Item leftSection={<IconUserCircle size={16} />} renderRoot={(props) => <Link to="/admin/users/$userId" params={{ userId: job.owner.id }} {...props} />}>
          {t('anyRow.accountOf', { email: job.owner.email })}
        </Menu.Item>
        {offersOf([job]).map((offer) => {
          const Symbol = offerIcon(offer);
          return (
            <Menu.Item
              key={offerLabel(offer, [job])}
              leftSection={<Symbol size={16} />}
              className={offer.act === 'delete' ? classes.danger : undefined}
              onClick={() => choose(() => onAct(job, offer))}
            >
              {offerLabel(offer, [job])}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
