import { getRouteApi } from '@tanstack/react-router';

import { PlayerPage } from '@/features/files/components/player-page';
import { baseName } from '@/lib/file-kind';

import { useOwnStage } from './own-stage';
import { ShareButton, useSharing } from './sharing';

const play = getRouteApi('/signed-in/jobs/$jobId/play/$fileId');

/** One file of a job. */
export function PlayRoute() {
  const { jobId, fileId } = play.useParams();
  const { share, dialog } = useSharing();
  const stage = useOwnStage({ arrows: true });
  return (
    <>
      <PlayerPage jobId={jobId} fileId={fileId} stage={stage} acts={share && ((file) => <ShareButton onClick={() => share([{ jobId, indexes: [file.index] }], baseName(file.path))} />)} />
      {dialog}
    </>
  );
}
