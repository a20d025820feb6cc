import { getRouteApi } from '@tanstack/react-router';

import { JobPage } from './job-page';

const job = getRouteApi('/signed-in/jobs/$jobId');

/** One job. */
export function JobRoute() {
  const { jobId } = job.useParams();
  const { me } = job.useRouteContext();
  return <JobPage key={jobId} jobId={jobId} isAdmin={me.role === 'admin'} />;
}
