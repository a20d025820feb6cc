import { SectionNav } from '@/components/section-nav';

import classes from './users.module.css';

const entries = [
  { to: '/admin/users', label: 'Accounts', exact: true },
  { to: '/admin/users/plans', label: 'Plans' },
  { to: '/admin/users/invitations', label: 'Invitations' },
  { to: '/admin/users/announcement', label: 'Announcement' },
] as const;

/** The pages about users. */
export function UserTabs() {
  return (
    <div className={classes.tabs}>
      <SectionNav label="Users" entries={entries} />
    </div>
  );
}
