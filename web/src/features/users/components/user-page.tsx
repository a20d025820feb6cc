import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { UserDetail } from '@/api/model';
import { HealthLabel } from '@/components/health-label';
import { IconArrowLeft, IconDownload } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { RelativeTime } from '@/components/relative-time';
import { formatCount } from '@/lib/format';
import { roleNames } from '@/lib/role';

import '../messages/catalogue';
import { userQuery } from '../api';
import { userStateLooks, type UserAct } from '../user';
import { UserDialogs } from './user-dialogs';
import { UserLimits } from './user-limits';
import { UserMenu } from './user-menu';
import classes from './user-page.module.css';
import { UserSignIn } from './user-sign-in';

interface UserPageProps {
  userId: string;
  isMe: boolean;
  /** What belongs to other pages: its strikes, and what the logs say about it. */
  records: (user: UserDetail) => ReactNode;
  /** Called once the account is deleted. */
  onDeleted: () => void;
}

/** One account: what it has and uses, what it signs in with, and what an admin can do with it. */
export function UserPage({ userId, ...rest }: UserPageProps) {
  const { t } = useTranslation('users');
  const { data: user, error, refetch } = useQuery(userQuery(userId));
  if (user) return <Account user={user} {...rest} />;
  return (
    <Page title={t('userPage.account')} back={<Back />}>
      {error ? <ErrorNotice error={error} title={t('userPage.couldntLoadThe')} retry={() => void refetch()} /> : <Skeleton height={320} radius="lg" />}
    </Page>
  );
}

function Back() {
  const { t } = useTranslation('users');
  return (
    <Link to="/admin/users" className={classes.back}>
      <IconArrowLeft size={16} aria-hidden="true" /> {t('userPage.users')}
    </Link>
  );
}

function Account({ user, isMe, records, onDeleted }: Omit<UserPageProps, 'userId'> & { user: UserDetail }) {
  const { t } = useTranslation('users');
  const [act, setAct] = useState<UserAct>();
  return (
    <Page
      title={user.email}
      back={<Back />}
      intro={<Facts user={user} isMe={isMe} />}
      actions={
        <>
          <Button variant="default" leftSection={<IconDownload size={17} />} renderRoot={(props) => <Link to="/admin/jobs" search={{ user: user.email }} {...props} />}>
            {t('userPage.downloads', { count: user.jobs, number: formatCount(user.jobs) })}
          </Button>
          <UserMenu user={user} isMe={isMe} onAct={setAct} />
        </>
      }
    >
      {user.state === 'disabled' && (
        <p className={classes.warning} role="status">
          {t('userPage.thisAccountWas')}{user.disabledAt !== null && <> <RelativeTime at={user.disabledAt} /></>}{t('userPage.itsDownloadsAre')}
        </p>
      )}
      <UserLimits user={user} onPlan={() => setAct('plan')} />
      <UserSignIn user={user} onAct={setAct} isMe={isMe} />
      {records(user)}
      <UserDialogs asked={act && { user, act }} isMe={isMe} onClose={() => setAct(undefined)} onDeleted={onDeleted} />
    </Page>
  );
}

function Facts({ user, isMe }: { user: UserDetail; isMe: boolean }) {
  const { t } = useTranslation('users');
  return (
    <span className={classes.who}>
      <HealthLabel health={userStateLooks[user.state]} />
      {user.role === 'admin' && <span className={classes.mark}>{roleNames.admin}</span>}
      {isMe && <span className={classes.mark}>{t('userPage.you')}</span>}
      <span>
        <Trans t={t} i18nKey="userPage.created" components={{ relativetime: <RelativeTime at={user.createdAt} /> }} />
      </span>
      <span>{user.lastSignInAt === null ? t('userPage.neverSignedIn') : <><Trans t={t} i18nKey="userPage.signedIn" components={{ relativetime: <RelativeTime at={user.lastSignInAt} /> }} /></>}</span>
    </span>
  );
}
