import type { ErrorComponentProps } from '@tanstack/react-router';

import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { isMissingPart } from '@/lib/missing-part';

import { MissingPart } from './missing-part';

/** Replaces a page that failed to render. */
export function PageError({ error, reset }: ErrorComponentProps) {
  if (isMissingPart(error)) return <MissingPart />;
  return (
    <Page title="Something went wrong" quietTitle>
      <ErrorNotice error={error} title="Couldn't show this page" retry={reset} />
    </Page>
  );
}
