import type { Provider } from '@/api/model';

/** The providers as a title names them. */
export const providerTitles: Record<Provider, string> = { agent: 'Agents', seedr: 'Seedr.cc' };

/** The providers within a sentence. */
export const providerNames: Record<Provider, string> = { agent: 'the agents', seedr: 'Seedr.cc' };
