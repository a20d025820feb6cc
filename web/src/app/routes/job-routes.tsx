import { getRouteApi } from '@tanstack/react-router';

import { PlayerPage } from '@/features/files/components/player-page';

import { JobPage } from './job-page';

const job = getRouteApi('/signed-in/jobs/$jobId');
const play = getRouteApi('/signed-in/jobs/$jobId/play/$fileId');

/** One job. */
export function JobRoute() {
  const { jobId } = job.useParams();
  const { me } = job.useRouteContext();
  return <JobPage key={jobId} jobId={jobId} isAdmin={me.role === 'admin'} />;
}

/** One file of a job. */
export function PlayRoute() {
  const { jobId, fileId } = play.useParams();
  return <PlayerPage jobId={jobId} fileId={fileId} />;
}
