import { ActionIcon, Popover, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { IconBell } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';

import { newestQuery, type Newest } from '../api';
import '../messages/catalogue';
import classes from './bell.module.css';
import { MarkAll } from './mark-all';
import { NotificationItem } from './notification-item';

const mostShown = 99;

/** The bell of the shell: how much is unread, and what it is. */
export function Bell() {
  const { t } = useTranslation('notifications');
  const [opened, setOpened] = useState(false);
  const { data, error, refetch } = useQuery(newestQuery());
  const unread = data?.unread ?? 0;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" offset={6} shadow="md" radius="lg" trapFocus returnFocus width="auto" portalProps={{ target: '#layers' }}>
      <Popover.Target>
        <ActionIcon
          className={classes.bell}
          variant="subtle"
          color="gray"
          size={36}
          radius="xl"
          aria-label={unread > 0 ? t('unread', { count: unread }) : t('none')}
          onClick={() => {
            setOpened(!opened);
            if (!opened) void refetch();
          }}
        >
          <IconBell size={21} stroke={1.5} aria-hidden="true" />
          {unread > 0 && (
            <span className={classes.count} aria-hidden="true">
              {unread > mostShown ? `${mostShown}+` : unread}
            </span>
          )}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={classes.drop}>
        <Inside data={data} error={error} retry={() => void refetch()} onLeave={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

interface InsideProps {
  data: Newest | undefined;
  error: Error | null;
  retry: () => void;
  onLeave: () => void;
}

function Inside({ data, error, retry, onLeave }: InsideProps) {
  const { t } = useTranslation('notifications');
  return (
    <>
      <div className={classes.head}>
        <h2>{t('title')}</h2>
        {data && data.unread > 0 && <MarkAll newest={data.notifications[0]?.createdAt ?? ''} />}
      </div>
      {!data && !error && (
        <div className={classes.skeletons} role="status" aria-label={t('loading')}>
          <Skeleton height={48} radius="md" />
          <Skeleton height={48} radius="md" />
        </div>
      )}
      {!data && error && <ErrorNotice error={error} title={t('failed')} retry={retry} />}
      {data?.notifications.length === 0 && (
        <Notice icon={IconBell} title={t('emptyTitle')}>
          {t('empty')}
        </Notice>
      )}
      {data && data.notifications.length > 0 && (
        <ul className={classes.list} aria-label={t('list')}>
          {data.notifications.map((notification) => (
            <NotificationItem key={notification.id} notification={notification} onLeave={onLeave} />
          ))}
        </ul>
      )}
      <div className={classes.foot}>
        <Link to="/notifications" onClick={onLeave} data-autofocus>
          {t('all.open')}
        </Link>
        <Link to="/settings/notifications" onClick={onLeave}>
          {t('settings')}
        </Link>
      </div>
    </>
  );
}
