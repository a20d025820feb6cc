import { getRouteApi } from '@tanstack/react-router';

import { Stage } from '@/components/viewer/stage';
import { VisitorPage } from '@/features/shares/components/visitor-page';
import { baseName } from '@/lib/file-kind';

const visitor = getRouteApi('/s/$token');

/** The page of a share. */
export function VisitorRoute() {
  const { token } = visitor.useParams();
  const { file } = visitor.useSearch();
  const navigate = visitor.useNavigate();
  return (
    <VisitorPage
      key={token}
      token={token}
      file={file}
      onFile={(next) => void navigate({ search: { file: next } })}
      stage={(staged, url, onBroken) => <Stage key={staged.id} file={{ ...staged, name: baseName(staged.path) }} url={url} onBroken={onBroken} />}
    />
  );
}
