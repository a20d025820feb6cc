import { useNavigate } from '@tanstack/react-router';

import { Page } from '@/components/page';
import { JobList } from '@/features/jobs/list/job-list';
import type { ListView } from '@/features/jobs/list/view';
import { SubmitBox } from '@/features/jobs/submit/submit-box';

/** The start page: add downloads, see all of them. */
export function Dashboard({ view }: { view: ListView }) {
  const navigate = useNavigate({ from: '/' });
  return (
    <Page title="Downloads" quietTitle>
      <SubmitBox />
      <JobList
        view={view}
        onView={(change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false })}
      />
    </Page>
  );
}
