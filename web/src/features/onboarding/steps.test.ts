import { makeOverview, makeFinding } from '@test/overview';
import { describe, expect, it } from 'vitest';

import type { AdminPlan, Config } from '@/api/model';

import { stepsOf } from './steps';

const config = { registration: 'invitation', turnstileSiteKey: '' } as Config;
const plan = { default: true, storageBytes: 1 } as AdminPlan;
const open = (...given: Parameters<typeof stepsOf>) => stepsOf(...given).filter(({ done }) => !done).map(({ name }) => name);

describe('the first steps of an admin', () => {
  it('are done on a deployment that is set up', () => {
    expect(open(makeOverview(), config, [plan])).toEqual([]);
  });

  it('follow what the server sees', () => {
    const components = makeOverview().components.map((each) => ({ ...each, state: 'off' as const }));
    const warnings = [makeFinding({ component: 'api', cause: 'legal_unnamed' })];
    expect(open(makeOverview({ components, warnings }), { ...config, registration: 'open' }, [{ ...plan, storageBytes: null }])).toEqual(['storage', 'agent', 'mail', 'plan', 'registration', 'legal']);
    expect(open(makeOverview(), { ...config, registration: 'open', turnstileSiteKey: 'key' }, [{ ...plan, default: false }])).toEqual(['plan']);
  });
});
