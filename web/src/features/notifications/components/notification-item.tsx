import { VisuallyHidden } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { Notification } from '@/api/model';
import { RelativeTime } from '@/components/relative-time';
import { isolated } from '@/lib/isolated';
import { whyOf } from '@/lib/reasons/reasons';
import { useNow } from '@/lib/use-now';

import { markRead, notificationKeys } from '../api';
import { eventKeys } from '../events';
import '../messages/catalogue';
import classes from './bell.module.css';

interface NotificationItemProps {
  notification: Notification;
  /** Called when a link in it is followed. */
  onLeave: () => void;
  /** The element: an item of a list, unless it lies in one. */
  as?: 'li' | 'div';
}

/** One thing that the user is told. */
export function NotificationItem({ notification, onLeave, as: Element = 'li' }: NotificationItemProps) {
  const { t } = useTranslation('notifications');
  const now = useNow();
  const { event, reason, read, createdAt } = notification;
  const why = reason === null ? '' : whyOf(reason, now);
  return (
    <Element className={classes.item} data-unread={!read || undefined} data-event={event}>
      <p className={classes.what}>
        <span className={classes.event}>{t(`happened.${eventKeys[event]}`)}</span>
        {!read && <VisuallyHidden>{t('new')}</VisuallyHidden>}
        <span className={classes.when}>
          <RelativeTime at={createdAt} />
        </span>
      </p>
      <p className={classes.name}>
        <Name notification={notification} onLeave={onLeave} />
      </p>
      {event === 'webhook.disabled' && <p className={classes.why}>{t('webhookOff')}</p>}
      {event !== 'webhook.disabled' && event !== 'download.ready' && why !== '' && <p className={classes.why}>{why}</p>}
    </Element>
  );
}

function Name({ notification: { id, event, jobId, name, read }, onLeave }: NotificationItemProps) {
  const { t } = useTranslation('notifications');
  const client = useQueryClient();
  const marking = useMutation({
    mutationFn: () => markRead(id),
    onSuccess: () => client.invalidateQueries({ queryKey: notificationKeys.told() }),
  });
  const follow = () => {
    if (!read) marking.mutate();
    onLeave();
  };
  const shown = name === '' ? t('unnamed') : isolated(name);
  if (event === 'webhook.disabled') {
    return (
      <Link to="/settings/notifications" onClick={follow}>
        {shown}
      </Link>
    );
  }
  if (jobId === null) return <span>{shown}</span>;
  return (
    <Link to="/jobs/$jobId" params={{ jobId }} onClick={follow}>
      {shown}
    </Link>
  );
}
