import { Checkbox, Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { Page } from '@/components/page';
import { RecordList } from '@/components/record-list';

import { notificationsQuery, type NotificationView } from '../api';
import { eventKeys, toldNotables } from '../events';
import '../messages/catalogue';
import classes from './notifications.module.css';
import { MarkAll } from './mark-all';
import { NotificationItem } from './notification-item';

interface AllNotificationsProps {
  view: NotificationView;
  onView: (change: Partial<NotificationView>) => void;
}

const stay = () => undefined;

/** Everything that the user was told in the last 90 days, newest first. */
export function AllNotifications({ view, onView }: AllNotificationsProps) {
  const { t } = useTranslation('notifications');
  const list = useInfiniteQuery({ ...notificationsQuery(view), placeholderData: (before) => before });
  const unread = list.data?.pages[0]?.unread ?? 0;
  const filtered = view.unread || view.event !== '';
  return (
    <Page title={t('title')} intro={t('all.intro')} narrow>
      <div className={classes.filters}>
        <Select
          size="sm"
          aria-label={t('all.event')}
          data={[{ value: '', label: t('all.every') }, ...toldNotables.map((event) => ({ value: event, label: t(`event.${eventKeys[event]}`) }))]}
          value={view.event}
          allowDeselect={false}
          onChange={(value) => onView({ event: toldNotables.find((event) => event === value) ?? '' })}
        />
        <Checkbox size="sm" label={t('all.unread')} checked={view.unread} onChange={(event) => onView({ unread: event.currentTarget.checked })} />
        <span className={classes.filtersEnd}>
          {unread > 0 && <MarkAll newest={new Date().toISOString()} />}
          <Link to="/settings/notifications">{t('settings')}</Link>
        </span>
      </div>
      <RecordList
        label={t('all.list')}
        noun={t('all.noun')}
        list={list}
        keyOf={({ id }) => id}
        render={(notification) => <NotificationItem notification={notification} as="div" onLeave={stay} />}
        empty={t('empty')}
        onAll={filtered ? () => onView({ event: '', unread: false }) : undefined}
      />
    </Page>
  );
}
