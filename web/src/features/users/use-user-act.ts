import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { Role, UserInfo } from '@/api/model';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';

import { assignPlan, deleteUser, disableUser, enableUser, resetFactors, sendReset, setRole, signOutUser, userKeys } from './api';

/** An act on an account with its arguments. */
export type Ordered =
  | { act: 'plan'; user: UserInfo; plan: string; planName: string }
  | { act: 'role'; user: UserInfo; role: Role }
  | { act: 'factors'; user: UserInfo; reason: string }
  | { act: 'reset' | 'logout' | 'disable' | 'enable' | 'delete'; user: UserInfo };

function run(order: Ordered): Promise<undefined> {
  switch (order.act) {
    case 'plan':
      return assignPlan(order.user.id, order.plan);
    case 'role':
      return setRole(order.user.id, order.role);
    case 'reset':
      return sendReset(order.user.id);
    case 'factors':
      return resetFactors(order.user.id, order.reason);
    case 'delete':
      return deleteUser(order.user.id, order.user.email);
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
      return `${email} is now on the ${order.planName} plan.`;
    case 'role':
      return order.role === 'admin' ? `${email} is now an admin.` : `${email} is no longer an admin.`;
    case 'reset':
      return `Mailed ${email} a link to set a new password.`;
    case 'factors':
      return `${email} now signs in without a second factor.`;
    case 'delete':
      return `Deleted ${email}.`;
    case 'logout':
      return `Signed ${email} out everywhere.`;
    case 'disable':
      return `Disabled ${email}.`;
    case 'enable':
      return `Enabled ${email}.`;
  }
}

/** Performs an act once the admin has proved who they are, confirms it with a toast and refreshes the lists. */
export function useUserAct(onDone: (order: Ordered) => void) {
  const confirmed = useConfirmed();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (order: Ordered) => confirmed(() => run(order)),
    onSuccess: (_, order) => {
      toastDone(doneText(order));
      onDone(order);
      if (order.act === 'delete') client.removeQueries({ queryKey: userKeys.one(order.user.id) });
      return client.invalidateQueries({ queryKey: userKeys.all });
    },
  });
}
