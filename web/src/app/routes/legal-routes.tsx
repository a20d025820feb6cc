import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { Config } from '@/api/model';
import { useHumanCheck } from '@/features/auth/components/human-check';
import { WithConfig } from '@/features/auth/components/with-config';
import { LegalPage } from '@/features/legal/components/legal-page';
import { NoticePage } from '@/features/legal/components/notice-form';
import { StatusPage } from '@/features/legal/components/status-page';

import './messages/catalogue';

const status = getRouteApi('/dmca/status');

/** The terms of use. */
export function TermsRoute() {
  return <LegalPage name="terms" />;
}

/** What is stored about people. */
export function PrivacyRoute() {
  return <LegalPage name="privacy" />;
}

/** How to report content, and to object. */
export function DmcaRoute() {
  return <LegalPage name="dmca" />;
}

/** The form for takedown notices. */
export function TakedownRoute() {
  const { t } = useTranslation('routes');
  return <WithConfig title={t('legalRoutes.sendATakedown')}>{(config) => <Takedown config={config} />}</WithConfig>;
}

function Takedown({ config }: { config: Config }) {
  return <NoticePage check={useHumanCheck(config, 'notice')} />;
}

/** The link in the mail that acknowledges a notice. */
export function TakedownStatusRoute() {
  return <StatusPage token={status.useSearch().token} />;
}
