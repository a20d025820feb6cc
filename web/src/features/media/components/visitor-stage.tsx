import { useMemo } from 'react';

import type { Row, Shown } from '@/components/viewer/shown';

import { AccessContext } from '../access';
import { visitorAccess, type Visit } from '../visitor-access';
import { MediaStage } from './media-stage';

interface VisitorStageProps {
  share: Visit;
  /** The file's place in the share. */
  index: number;
  file: Shown;
  url: string;
  row: Row;
  /** Called when the share, or the file in it, is gone. */
  onGone: () => void;
}

/** Plays a film or a recording of a share for a visitor, who has no account. */
export function VisitorStage({ share, index, file, url, row, onGone }: VisitorStageProps) {
  const access = useMemo(() => visitorAccess(share, index, onGone), [share, index, onGone]);
  return (
    <AccessContext value={access}>
      <MediaStage file={file} url={url} row={row} />
    </AccessContext>
  );
}
