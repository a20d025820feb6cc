import { lazy, Suspense, useState } from 'react';

import { Room } from '@/components/viewer/room';
import { shownAs, type StageWith } from '@/components/viewer/shown';
import { Stage } from '@/components/viewer/stage';

// Pages that show a text or a document don't load the player.
const MediaStage = lazy(() => import('@/features/media/components/media-stage').then((module) => ({ default: module.MediaStage })));
const SlideShow = lazy(() => import('@/features/media/components/slide-show').then((module) => ({ default: module.SlideShow })));

/** Shows one of the user's own files: films and recordings in the player, photos one after the other if wanted. */
export function useOwnStage({ arrows }: { arrows: boolean }): StageWith {
  const [running, setRunning] = useState(false);
  return (file, url, onBroken, row) => {
    const as = shownAs(file);
    if (as === 'video' || as === 'audio') {
      return (
        <Suspense fallback={<Room sound={as === 'audio'} withBar />}>
          <MediaStage key={file.id} file={file} url={url} row={row} />
        </Suspense>
      );
    }
    const stage = <Stage key={file.id} file={file} url={url} onBroken={onBroken} />;
    if (as !== 'image' || row.all.length < 2) return stage;
    return (
      <Suspense fallback={stage}>
        <SlideShow key={file.id} row={row} running={running} onRunning={setRunning} arrows={arrows}>
          {stage}
        </SlideShow>
      </Suspense>
    );
  };
}
