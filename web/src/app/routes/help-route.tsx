import { HelpPage } from '@/features/help/components/help-page';

/** What each problem means and what to do about it. */
export function HelpRoute() {
  return <HelpPage />;
}
