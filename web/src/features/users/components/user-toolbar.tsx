import { CloseButton, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { IconSearch } from '@/components/icons';
import { formatPlural } from '@/lib/format';
import { roleNames } from '@/lib/role';

import { plansQuery } from '../api';
import { userRoles, userSorts, userStateLooks, userStates, type UserSort, type UserView } from '../user';
import classes from './users.module.css';

const sortLabels: Record<UserSort, string> = {
  '-created': 'Newest first',
  created: 'Oldest first',
  email: 'Address, A to Z',
  '-email': 'Address, Z to A',
  '-signIn': 'Latest sign-in first',
  signIn: 'Earliest sign-in first',
  '-storage': 'Most storage first',
  storage: 'Least storage first',
};

const states = [
  { value: '', label: 'Any state' },
  ...userStates.map((value) => ({ value, label: userStateLooks[value].label })),
];

const roles = [
  { value: '', label: 'Any role' },
  ...userRoles.map((value) => ({ value, label: `${roleNames[value]}s` })),
];

interface UserToolbarProps {
  view: UserView;
  /** Undefined while unknown. */
  total: number | undefined;
  onView: (change: Partial<UserView>) => void;
}

/** Search, filters and sort order of the accounts. */
export function UserToolbar({ view, total, onView }: UserToolbarProps) {
  const { data: plans } = useQuery(plansQuery());
  return (
    <div className={classes.toolbar}>
      <TextInput
        className={classes.search}
        size="sm"
        type="search"
        aria-label="Search accounts by address"
        placeholder="Search addresses"
        maxLength={200}
        leftSection={<IconSearch size={16} />}
        rightSection={view.q !== '' && <CloseButton size="sm" aria-label="Clear search" onClick={() => onView({ q: '' })} />}
        value={view.q}
        onChange={(event) => onView({ q: event.currentTarget.value })}
      />
      <NativeSelect
        size="sm"
        aria-label="State"
        data={states}
        value={view.state}
        onChange={(event) => onView({ state: userStates.find((each) => each === event.currentTarget.value) ?? '' })}
      />
      <NativeSelect
        size="sm"
        aria-label="Role"
        data={roles}
        value={view.role}
        onChange={(event) => onView({ role: userRoles.find((each) => each === event.currentTarget.value) ?? '' })}
      />
      <NativeSelect
        size="sm"
        aria-label="Plan"
        data={[{ value: '', label: 'Any plan' }, ...(plans ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
        value={view.plan}
        onChange={(event) => onView({ plan: event.currentTarget.value })}
      />
      <NativeSelect
        className={classes.sort}
        size="sm"
        aria-label="Order"
        data={userSorts.map((value) => ({ value, label: sortLabels[value] }))}
        value={view.sort}
        onChange={(event) => {
          const sort = userSorts.find((each) => each === event.currentTarget.value);
          if (sort) onView({ sort });
        }}
      />
      <p className={classes.total} role="status">
        {total !== undefined && formatPlural(total, 'account', 'accounts')}
      </p>
    </div>
  );
}
