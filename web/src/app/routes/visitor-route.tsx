import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useCallback } from 'react';

import { Room } from '@/components/viewer/room';
import { shownAs } from '@/components/viewer/shown';
import { Stage } from '@/components/viewer/stage';
import { VisitorPage } from '@/features/shares/components/visitor-page';

// Shares without films don't load the player.
const VisitorStage = lazy(() => import('@/features/media/components/visitor-stage').then((module) => ({ default: module.VisitorStage })));

const visitor = getRouteApi('/s/$token');

/** The page of a share. */
export function VisitorRoute() {
  const { token } = visitor.useParams();
  const { file } = visitor.useSearch();
  const navigate = visitor.useNavigate();
  const onFile = useCallback((next: number | undefined) => void navigate({ search: { file: next } }), [navigate]);
  return (
    <VisitorPage
      key={token}
      token={token}
      file={file}
      onFile={onFile}
      stage={(staged, { share, url, row, onBroken, onGone }) => {
        const as = shownAs(staged);
        if (as !== 'video' && as !== 'audio') return <Stage key={staged.id} file={staged} url={url} onBroken={onBroken} />;
        return (
          <Suspense fallback={<Room sound={as === 'audio'} withBar={!share.viewOnly} />}>
            <VisitorStage key={staged.id} share={share} index={staged.index} file={staged} url={url} row={row} onGone={onGone} />
          </Suspense>
        );
      }}
    />
  );
}
