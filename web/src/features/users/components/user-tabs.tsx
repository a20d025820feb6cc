import { useTranslation } from 'react-i18next';

import { SectionNav } from '@/components/section-nav';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import classes from './users.module.css';

const entries = [
  { to: '/admin/users', label: text('users:userTabs.accounts'), exact: true },
  { to: '/admin/users/plans', label: text('users:userTabs.plans') },
  { to: '/admin/users/invitations', label: text('users:userTabs.invitations') },
  { to: '/admin/users/announcement', label: text('users:userTabs.announcement') },
] as const;

/** The pages about users. */
export function UserTabs() {
  const { t } = useTranslation('users');
  return (
    <div className={classes.tabs}>
      <SectionNav label={t('userTabs.users')} entries={entries} />
    </div>
  );
}
