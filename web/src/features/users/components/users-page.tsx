import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Me } from '@/api/model';
import { IconPlus } from '@/components/icons';
import { Page } from '@/components/page';

import '../messages/catalogue';
import type { UserView } from '../user';
import { InviteDialog } from './invite-dialog';
import { UserList } from './user-list';
import { UserTabs } from './user-tabs';

interface UsersPageProps {
  me: Me;
  view: UserView;
  onView: (change: Partial<UserView>) => void;
}

/** The accounts: what they have and use, and what an admin can do with them. */
export function UsersPage({ me, view, onView }: UsersPageProps) {
  const { t } = useTranslation('users');
  const [inviting, setInviting] = useState(false);
  const inviteButton = (
    <Button leftSection={<IconPlus size={17} />} onClick={() => setInviting(true)}>
      {t('usersPage.invite')}
    </Button>
  );
  return (
    <Page title={t('usersPage.users')} intro={t('usersPage.theAccountsOn')} actions={inviteButton}>
      <UserTabs />
      <UserList me={me} view={view} onView={onView} />
      <InviteDialog opened={inviting} onClose={() => setInviting(false)} />
    </Page>
  );
}
