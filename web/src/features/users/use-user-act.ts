import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { Role, UserInfo } from '@/api/model';
import { toastDone } from '@/components/toast';

import { assignPlan, disableUser, enableUser, setRole, signOutUser, userKeys } from './api';

/** An act on an account with what it needs. */
export type Ordered =
  | { act: 'plan'; user: UserInfo; plan: string; planName: string }
  | { act: 'role'; user: UserInfo; role: Role }
  | { act: 'logout' | 'disable' | 'enable'; user: UserInfo };

/** Runs an act, and asks for the password first where the server wants that. */
export type Confirmed = <T>(act: () => Promise<T>) => Promise<T>;

function run(order: Ordered, confirmed: Confirmed): Promise<undefined> {
  switch (order.act) {
    case 'plan':
      return assignPlan(order.user.id, order.plan);
    case 'role':
      return confirmed(() => setRole(order.user.id, order.role));
    case 'logout':
      return signOutUser(order.user.id);
    case 'disable':
      return disableUser(order.user.id);
    case 'enable':
      return enableUser(order.user.id);
  }
}

function doneText(order: Ordered): string {
  const { email } = order.user;
  switch (order.act) {
    case 'plan':
      return `${email} has the plan ${order.planName}.`;
    case 'role':
      return order.role === 'admin' ? `${email} is an administrator.` : `${email} is no administrator any more.`;
    case 'logout':
      return `${email} is signed out everywhere.`;
    case 'disable':
      return `${email} is disabled.`;
    case 'enable':
      return `${email} can be used again.`;
  }
}

/** Does what an administrator orders, tells it and has the lists ask anew. */
export function useUserAct(confirmed: Confirmed, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (order: Ordered) => run(order, confirmed),
    onSuccess: (_, order) => {
      toastDone(doneText(order));
      onDone();
      return client.invalidateQueries({ queryKey: userKeys.lists() });
    },
  });
}
