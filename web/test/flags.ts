import type { Feature, FlagRule, FlagState } from '@/api/model';
import { featureTexts } from '@/features/flags/text';

import { json, problem, type Route } from './answers';
import { moment } from './fixtures';

interface NewRule {
  enabled: boolean | null;
  plan?: string;
  user?: string;
  reason?: string;
}

/** Makes a rule of a feature; for everyone, unless it says otherwise. */
export function makeRule(given: Partial<FlagRule> = {}): FlagRule {
  return { plan: '', planName: '', userId: '', email: '', enabled: false, reason: '', by: 'ada@example.org', changedAt: moment(-7_200), ...given };
}

/** The features of a server in memory. */
export class FlagWorld {
  flags: FlagState[] = (Object.keys(featureTexts) as Feature[]).map((feature) => ({ feature, enabled: true, rules: [] }));

  readonly routes: Route[] = [
    ['GET', /^\/admin\/flags$/, () => json({ flags: this.flags })],
    ['PUT', /^\/admin\/flags\/(.+)$/, async ([, feature], request) => this.set(feature, (await request.json()) as NewRule)],
  ];

  private set(feature: string | undefined, { enabled, plan = '', user = '', reason = '' }: NewRule): Response {
    const flag = this.flags.find((each) => each.feature === feature);
    if (!flag) return problem(422, 'invalid', 'There is no such feature.', 'feature');
    if (user === 'no-one@example.org') return problem(422, 'invalid', 'There is no account with this address or id.', 'user');
    flag.rules = flag.rules.filter((rule) => rule.plan !== plan || (rule.email !== user && rule.userId !== user));
    if (enabled !== null) flag.rules.push(makeRule({ enabled, plan, planName: plan, userId: user, email: user, reason, changedAt: moment(0) }));
    if (plan === '' && user === '') flag.enabled = enabled ?? true;
    return json(flag);
  }
}
