import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { Role, UserInfo } from '@/api/model';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';

import { assignPlan, disableUser, enableUser, setRole, signOutUser, userKeys } from './api';

/** An act on an account with its arguments. */
export type Ordered =
  | { act: 'plan'; user: UserInfo; plan: string; planName: string }
  | { act: 'role'; user: UserInfo; role: Role }
  | { act: 'logout' | 'disable' | 'enable'; user: UserInfo };

function run(order: Ordered): Promise<undefined> {
  switch (order.act) {
    case 'plan':
      return assignPlan(order.user.id, order.plan);
    case 'role':
      return setRole(order.user.id, order.role);
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
    case 'logout':
      return `Signed ${email} out everywhere.`;
    case 'disable':
      return `Disabled ${email}.`;
    case 'enable':
      return `Enabled ${email}.`;
  }
}

/** Performs an act once the admin has proved who they are, confirms it with a toast and refreshes the lists. */
export function useUserAct(onDone: () => void) {
  const confirmed = useConfirmed();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (order: Ordered) => confirmed(() => run(order)),
    onSuccess: (_, order) => {
      toastDone(doneText(order));
      onDone();
      return client.invalidateQueries({ queryKey: userKeys.lists() });
    },
  });
}
