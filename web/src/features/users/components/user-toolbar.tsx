import { CloseButton, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { IconSearch } from '@/components/icons';
import { formatCount } from '@/lib/format';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { plansQuery } from '../api';
import { userRoles, userSorts, userStates, type UserSort } from '../choices';
import { userStateLooks, type UserView } from '../user';
import classes from './users.module.css';

const sortLabels: Record<UserSort, string> = {
  '-created': text('users:userToolbar.newestFirst'),
  created: text('users:userToolbar.oldestFirst'),
  email: text('users:userToolbar.addressATo'),
  '-email': text('users:userToolbar.addressZTo'),
  '-signIn': text('users:userToolbar.latestSignIn'),
  signIn: text('users:userToolbar.earliestSignIn'),
  '-storage': text('users:userToolbar.mostStorageFirst'),
  storage: text('users:userToolbar.leastStorageFirst'),
};

const states = [
  { value: '', label: text('users:userToolbar.anyState') },
  ...userStates.map((value) => ({ value, label: userStateLooks[value].label })),
];

const roles = [
  { value: '', label: text('users:userToolbar.anyRole') },
  ...userRoles.map((value) => ({ value, label: text(`users:userToolbar.roles.${value}`) })),
];

interface UserToolbarProps {
  view: UserView;
  /** Undefined while unknown. */
  total: number | undefined;
  onView: (change: Partial<UserView>) => void;
}

/** Search, filters and sort order of the accounts. */
export function UserToolbar({ view, total, onView }: UserToolbarProps) {
  const { t } = useTranslation('users');
  const { data: plans } = useQuery(plansQuery());
  return (
    <div className={classes.toolbar}>
      <TextInput
        className={classes.search}
        size="sm"
        type="search"
        aria-label={t('userToolbar.searchAccountsBy')}
        placeholder={t('userToolbar.searchAddresses')}
        maxLength={200}
        leftSection={<IconSearch size={16} />}
        rightSection={view.q !== '' && <CloseButton size="sm" aria-label={t('userToolbar.clearSearch')} onClick={() => onView({ q: '' })} />}
        value={view.q}
        onChange={(event) => onView({ q: event.currentTarget.value })}
      />
      <NativeSelect
        size="sm"
        aria-label={t('userToolbar.state')}
        data={states}
        value={view.state}
        onChange={(event) => onView({ state: userStates.find((each) => each === event.currentTarget.value) ?? '' })}
      />
      <NativeSelect
        size="sm"
        aria-label={t('userToolbar.role')}
        data={roles}
        value={view.role}
        onChange={(event) => onView({ role: userRoles.find((each) => each === event.currentTarget.value) ?? '' })}
      />
      <NativeSelect
        size="sm"
        aria-label={t('userToolbar.plan')}
        data={[{ value: '', label: t('userToolbar.anyPlan') }, ...(plans ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
        value={view.plan}
        onChange={(event) => onView({ plan: event.currentTarget.value })}
      />
      <NativeSelect
        className={classes.sort}
        size="sm"
        aria-label={t('userToolbar.order')}
        data={userSorts.map((value) => ({ value, label: sortLabels[value] }))}
        value={view.sort}
        onChange={(event) => {
          const sort = userSorts.find((each) => each === event.currentTarget.value);
          if (sort) onView({ sort });
        }}
      />
      <p className={classes.total} role="status">
        {total !== undefined && t('userToolbar.accounts', { count: total, number: formatCount(total) })}
      </p>
    </div>
  );
}
