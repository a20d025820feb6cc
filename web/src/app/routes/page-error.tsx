import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { isMissingPart } from '@/lib/missing-part';

import '../messages/catalogue';
import { MissingPart } from './missing-part';

/** Replaces a page that failed to render. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation('app');
  if (isMissingPart(error)) return <MissingPart />;
  return (
    <Page title={t('pageError.somethingWentWrong')} quietTitle>
      <ErrorNotice error={error} title={t('pageError.couldntShowThis')} retry={reset} />
    </Page>
  );
}
