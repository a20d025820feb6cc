import { getRouteApi } from '@tanstack/react-router';

import type { AuditView, SecurityView } from '@/features/audit/api';
import { AuditPage } from '@/features/audit/components/audit-page';
import { MailsPage } from '@/features/audit/components/mails-page';
import { SecurityPage } from '@/features/audit/components/security-page';
import { given } from '@/lib/given';

const audit = getRouteApi('/signed-in/admin/audit');
const security = getRouteApi('/signed-in/admin/audit/security');
const mails = getRouteApi('/signed-in/admin/audit/mails');

/** Who did what. */
export function AuditRoute() {
  const { actor = '', action = '', target = '', from = '', to = '' } = audit.useSearch();
  const navigate = audit.useNavigate();
  const view: AuditView = { actor, action, target, from, to };
  return (
    <AuditPage
      view={view}
      onView={(change) => void navigate({ search: given({ ...view, ...change }), replace: true, resetScroll: false })}
    />
  );
}

/** Sign-ins and refused requests. */
export function SecurityRoute() {
  const { kind = '', user = '', ip = '', from = '', to = '' } = security.useSearch();
  const navigate = security.useNavigate();
  const view: SecurityView = { kind, user, ip, from, to };
  return (
    <SecurityPage
      view={view}
      onView={(change) => void navigate({ search: given({ ...view, ...change }), replace: true, resetScroll: false })}
    />
  );
}

/** Mails sent, delayed and failed. */
export function MailsRoute() {
  const { state = '' } = mails.useSearch();
  const navigate = mails.useNavigate();
  return (
    <MailsPage
      state={state}
      onState={(next) => void navigate({ search: next === '' ? {} : { state: next }, replace: true, resetScroll: false })}
    />
  );
}
