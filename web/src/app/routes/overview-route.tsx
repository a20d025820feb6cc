import { useQuery } from '@tanstack/react-query';

import type { Overview } from '@/api/model';
import { configQuery } from '@/features/auth/api';
import { stateLooks } from '@/features/jobs/state';
import { Checklist } from '@/features/onboarding/components/checklist';
import { OverviewPage } from '@/features/overview/components/overview-page';
import { GrowthChart } from '@/features/storage/components/growth-chart';
import { plansQuery } from '@/features/users/api';

/** What goes on in the deployment. */
export function OverviewRoute() {
  const config = useQuery(configQuery());
  const plans = useQuery(plansQuery());
  const first = (overview: Overview) => config.data && plans.data && <Checklist overview={overview} config={config.data} plans={plans.data} />;
  return (
    <OverviewPage
      stateName={(state) => stateLooks[state].label}
      growth={(days) => <GrowthChart days={days} />}
      first={config.isLoading || plans.isLoading ? undefined : first}
    />
  );
}
