import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';

import { Stage } from '@/components/viewer/stage';
import { VisitorPage } from '@/features/shares/components/visitor-page';
import { baseName } from '@/lib/file-kind';

// Only for films that the visitor's browser can't play.
const OpenShared = lazy(() => import('@/features/media/components/open-in').then((module) => ({ default: module.OpenShared })));

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
      stage={(staged, url, onBroken) => {
        const name = baseName(staged.path);
        const elsewhere = (
          <Suspense>
            <OpenShared name={name} url={url} />
          </Suspense>
        );
        return <Stage key={staged.id} file={{ ...staged, name }} url={url} onBroken={onBroken} elsewhere={elsewhere} />;
      }}
    />
  );
}
