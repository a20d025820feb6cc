import type { ErrorComponentProps } from '@tanstack/react-router';

import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';

/** What stands in place of a page that failed. */
export function PageError({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="Something went wrong" quietTitle>
      <ErrorNotice error={error} title="This page could not be shown" retry={reset} />
    </Page>
  );
}
