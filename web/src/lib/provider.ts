import type { Provider } from '@/api/model';

/** The providers' names in titles. */
export const providerTitles: Record<Provider, string> = { agent: 'Agents', seedr: 'Seedr.cc' };

/** The providers' names within a sentence. */
export const providerNames: Record<Provider, string> = { agent: 'the agents', seedr: 'Seedr.cc' };
