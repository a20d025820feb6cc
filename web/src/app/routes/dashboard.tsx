import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

import { Page } from '@/components/page';
import { JobList } from '@/features/jobs/list/job-list';
import type { ListView } from '@/features/jobs/list/view';
import { SubmitBox } from '@/features/jobs/submit/submit-box';

import '../messages/catalogue';

interface DashboardProps {
  /** Id of the account. */
  account: string;
  view: ListView;
  /** A source that a link elsewhere brought. */
  brought: string;
}

/** The start page: add downloads, see all of them. */
export function Dashboard({ account, view, brought }: DashboardProps) {
  const { t } = useTranslation('app');
  const navigate = useNavigate({ from: '/' });
  const onView = useCallback(
    (change: Partial<ListView>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }),
    [navigate],
  );
  const onTaken = useCallback(() => void navigate({ search: (before) => ({ ...before, add: undefined }), replace: true, resetScroll: false }), [navigate]);
  return (
    <Page title={t('dashboard.downloads')} quietTitle>
      <SubmitBox account={account} brought={brought} onTaken={onTaken} />
      <JobList view={view} onView={onView} />
    </Page>
  );
}
