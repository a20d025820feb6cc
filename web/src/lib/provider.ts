import type { Provider } from '@/api/model';

/** The providers as a title names them. */
export const providerTitles: Record<Provider, string> = { agent: 'Agents', seedr: 'Seedr.cc' };

/** The providers within a sentence. */
export const providerNames: Record<Provider, string> = { agent: 'the agents', seedr: 'Seedr.cc' };

/** Returns the provider that is not this one. */
export function otherProvider(provider: Provider): Provider {
  return provider === 'agent' ? 'seedr' : 'agent';
}
