import { SectionNav } from '@/components/section-nav';

import classes from './audit.module.css';

const entries = [
  { to: '/admin/audit', label: 'Audit log', exact: true },
  { to: '/admin/audit/security', label: 'Security events' },
  { to: '/admin/audit/mails', label: 'Mails' },
] as const;

/** The pages under "Audit log". */
export function AuditTabs() {
  return (
    <div className={classes.tabs}>
      <SectionNav label="Logs" entries={entries} />
    </div>
  );
}
