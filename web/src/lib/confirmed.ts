import { createContext, use } from 'react';

/** Runs an act. If the server wants proof that the user is the owner, asks for it and runs the act again. */
export type Confirmed = <T>(act: () => Promise<T>) => Promise<T>;

export const ReauthContext = createContext<Confirmed>((act) => act());

/** Returns the function that runs acts which may need the password, a code or a passkey. */
export function useConfirmed(): Confirmed {
  return use(ReauthContext);
}
