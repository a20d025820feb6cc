import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Me } from '@/api/model';
import { IconSearch } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { WindowList } from '@/components/window-list';

import '../messages/catalogue';
import { usersQuery } from '../api';
import { defaultUserSort } from '../choices';
import type { AskedUser, UserView } from '../user';
import { ManyActs } from './many-acts';
import { UserDialogs } from './user-dialogs';
import { UserRow, UserSkeleton } from './user-row';
import { UserToolbar } from './user-toolbar';
import classes from './users.module.css';

interface UserListProps {
  me: Me;
  view: UserView;
  onView: (change: Partial<UserView>) => void;
}

const rowEstimate = 68;

/** The list of accounts: searched, filtered and sorted by the server, with only visible rows rendered. */
export function UserList({ me, view, onView }: UserListProps) {
  const { t } = useTranslation('users');
  const q = useDeferredValue(view.q);
  const asked = useMemo<UserView>(() => ({ q, state: view.state, role: view.role, plan: view.plan, sort: view.sort }), [q, view.state, view.role, view.plan, view.sort]);
  const list = useInfiniteQuery({ ...usersQuery(asked), placeholderData: (before) => before });
  const users = useMemo(() => list.data?.pages.flatMap((page) => page.users) ?? [], [list.data]);
  const [dialog, setDialog] = useState<AskedUser>();
  const total = list.data?.pages[0]?.total;
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = list;
  const more = useCallback(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  const close = useCallback(() => setDialog(undefined), []);
  return (
    <section className={classes.list} aria-label={t('userList.accounts')}>
      <UserToolbar view={view} total={total} onView={onView} />
      {total !== undefined && total > 0 && <ManyActs view={asked} total={total} />}
      {list.isPending && <UserSkeleton rows={6} />}
      {list.isError && !list.data && <ErrorNotice error={list.error} title={t('userList.couldntLoadThe')} retry={() => void list.refetch()} />}
      {list.data && users.length === 0 && <NoMatch onView={onView} />}
      {users.length > 0 && (
        <>
          <div className={classes.columns} aria-hidden="true">
            <span>{t('userList.account')}</span>
            <span>{t('userList.plan')}</span>
            <span>{t('userList.storage')}</span>
            <span>{t('userList.running')}</span>
            <span>{t('userList.twoStep')}</span>
            <span>{t('userList.lastSignIn')}</span>
          </div>
          <WindowList
            label={t('userList.accounts')}
            count={users.length}
            estimate={rowEstimate}
            rowKey={(index) => users[index]?.id ?? `${index}`}
            dim={list.isPlaceholderData}
            onEnd={more}
            row={(index) => {
              const user = users[index];
              return (
                user && (
                  <UserRow
                    user={user}
                    isMe={user.id === me.id}
                    position={index + 1}
                    count={total ?? users.length}
                    onAct={(act) => setDialog({ user, act })}
                  />
                )
              );
            }}
          />
        </>
      )}
      {list.isFetchingNextPage && <UserSkeleton key={list.data?.pages.length} rows={2} />}
      {list.isFetchNextPageError && (
        <ErrorNotice error={list.error} title={t('userList.couldntLoadMore')} retry={() => void list.fetchNextPage()} />
      )}
      <UserDialogs asked={dialog} isMe={dialog?.user.id === me.id} onClose={close} />
    </section>
  );
}

function NoMatch({ onView }: { onView: (change: Partial<UserView>) => void }) {
  const { t } = useTranslation('users');
  return (
    <Notice
      icon={IconSearch}
      title={t('userList.noMatches')}
      action={
        <Button variant="default" onClick={() => onView({ q: '', state: '', role: '', plan: '', sort: defaultUserSort })}>
          {t('userList.showAllAccounts')}
        </Button>
      }
    >
      {t('userList.noAccountsMatch')}
    </Notice>
  );
}
