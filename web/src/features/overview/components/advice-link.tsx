import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { text } from '@/lib/messages';

import '../messages/catalogue';

const names: Record<string, string> = {
  '/admin/agents': text('overview:adviceLink.agents'),
  '/admin/providers': text('overview:adviceLink.providers'),
  '/admin/storage': text('overview:adviceLink.storage'),
  '/admin/jobs': text('overview:adviceLink.allDownloads'),
  '/admin/audit/mails': text('overview:adviceLink.mails'),
  '/terms': text('overview:adviceLink.terms'),
};

/** A link to the page that helps with a warning, as the server names it. */
export function AdviceLink({ page }: { page: string }) {
  const { t } = useTranslation('overview');
  const [path = '', search = ''] = page.split('?');
  if (!Object.hasOwn(names, path)) return null;
  return (
    // The server names pages of this app; each page drops search parameters that it doesn't know.
    <Link to={path as '/admin/agents'} search={Object.fromEntries(new URLSearchParams(search)) as never}>
      {t('adviceLink.open', { names: names[path] })}
    </Link>
  );
}
