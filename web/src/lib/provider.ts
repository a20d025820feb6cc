import type { Provider } from '@/api/model';

import { text } from './messages';
import './common-messages/catalogue';

/** The providers' names in titles. */
export const providerTitles: Record<Provider, string> = { agent: text('common:providers.agents'), seedr: text('common:providers.seedr') };

/** The providers' names within a sentence. */
export const providerNames: Record<Provider, string> = { agent: text('common:providers.theAgents'), seedr: text('common:providers.seedr') };
