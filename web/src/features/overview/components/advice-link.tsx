import { Link } from '@tanstack/react-router';

const names: Record<string, string> = {
  '/admin/agents': 'Agents',
  '/admin/providers': 'Providers',
  '/admin/storage': 'Storage',
  '/admin/jobs': 'All downloads',
  '/admin/audit/mails': 'Mails',
  '/terms': 'Terms',
};

/** A link to the page that helps with a warning, as the server names it. */
export function AdviceLink({ page }: { page: string }) {
  const [path = '', search = ''] = page.split('?');
  if (!Object.hasOwn(names, path)) return null;
  return (
    // The server names pages of this app; each page drops search parameters that it doesn't know.
    <Link to={path as '/admin/agents'} search={Object.fromEntries(new URLSearchParams(search)) as never}>
      Open {names[path]}
    </Link>
  );
}
