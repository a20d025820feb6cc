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
  return (
    <OverviewPage
      stateName={(state) => stateLooks[state].label}
      growth={(days) => <GrowthChart days={days} />}
      first={(overview) => <FirstSteps overview={overview} />}
    />
  );
}

function FirstSteps({ overview }: { overview: Overview }) {
  const { data: config } = useQuery(configQuery());
  const { data: plans } = useQuery(plansQuery());
  return config && plans ? <Checklist overview={overview} config={config} plans={plans} /> : null;
}
