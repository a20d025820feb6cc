import { createContext, use } from 'react';

/** Runs an act; if the server wants to know first that it is still the owner, it asks and runs it again. */
export type Confirmed = <T>(act: () => Promise<T>) => Promise<T>;

export const ReauthContext = createContext<Confirmed>((act) => act());

/** Returns what runs acts that may need the password, a code or a passkey. */
export function useConfirmed(): Confirmed {
  return use(ReauthContext);
}
