import { useTranslation } from 'react-i18next';

import { SectionNav } from '@/components/section-nav';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import classes from './audit.module.css';

const entries = [
  { to: '/admin/audit', label: text('audit:auditTabs.auditLog'), exact: true },
  { to: '/admin/audit/security', label: text('audit:auditTabs.securityEvents') },
  { to: '/admin/audit/mails', label: text('audit:auditTabs.mails') },
] as const;

/** The pages under "Audit log". */
export function AuditTabs() {
  const { t } = useTranslation('audit');
  return (
    <div className={classes.tabs}>
      <SectionNav label={t('auditTabs.logs')} entries={entries} />
    </div>
  );
}
