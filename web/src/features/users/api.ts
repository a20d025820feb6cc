import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { Invited, OpenInvitation, Plan, RegistrationMode, Role, UserPage } from '@/api/model';
import { http, send } from '@/lib/http';

import type { UserView } from './user';

const pageSize = 50;

export const userKeys = {
  all: ['users'] as const,
  lists: () => [...userKeys.all, 'list'] as const,
  list: (view: UserView) => [...userKeys.lists(), view] as const,
  plans: () => [...userKeys.all, 'plans'] as const,
  invitations: () => [...userKeys.all, 'invitations'] as const,
};

/** The pages of the accounts. */
export function usersQuery(view: UserView) {
  return infiniteQueryOptions({
    queryKey: userKeys.list(view),
    queryFn: ({ pageParam, signal }): Promise<UserPage> => {
      const query = {
        ...(view.q.trim() !== '' && { q: view.q.trim() }),
        ...(view.state !== '' && { state: view.state }),
        ...(view.role !== '' && { role: view.role }),
        ...(pageParam !== '' && { cursor: pageParam }),
        sort: view.sort,
        limit: pageSize,
      };
      return send(http.GET('/api/v1/admin/users', { params: { query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: (last: UserPage) => (last.nextCursor === '' ? undefined : last.nextCursor),
  });
}

/** All plans, including those that aren't public. */
export function plansQuery() {
  return queryOptions({
    queryKey: userKeys.plans(),
    queryFn: async ({ signal }): Promise<Plan[]> => {
      const answer = await send(http.GET('/api/v1/admin/plans', { signal }));
      return answer.plans;
    },
  });
}

/** The unused invitations. */
export function invitationsQuery() {
  return queryOptions({
    queryKey: userKeys.invitations(),
    queryFn: async ({ signal }): Promise<OpenInvitation[]> => {
      const answer = await send(http.GET('/api/v1/admin/invitations', { signal }));
      return answer.invitations;
    },
  });
}

/** Disables an account. */
export function disableUser(id: string): Promise<undefined> {
  return send(http.POST('/api/v1/admin/users/{id}/disable', { params: { path: { id } } }));
}

/** Enables an account. */
export function enableUser(id: string): Promise<undefined> {
  return send(http.POST('/api/v1/admin/users/{id}/enable', { params: { path: { id } } }));
}

/** Ends all sessions and API tokens of an account. */
export function signOutUser(id: string): Promise<undefined> {
  return send(http.POST('/api/v1/admin/users/{id}/logout', { params: { path: { id } } }));
}

/** Gives an account the admin role, or removes it. */
export function setRole(id: string, role: Role): Promise<undefined> {
  return send(http.PUT('/api/v1/admin/users/{id}/role', { params: { path: { id } }, body: { role } }));
}

/** Assigns a plan to an account. */
export function assignPlan(id: string, plan: string): Promise<undefined> {
  return send(http.PUT('/api/v1/admin/users/{id}/plan', { params: { path: { id } }, body: { plan } }));
}

/** Invites someone to create an account. Only this answer contains the link. */
export function invite(email: string, role: Role): Promise<Invited> {
  return send(http.POST('/api/v1/admin/invitations', { body: { email, role } }));
}

/** Withdraws an invitation. */
export function withdrawInvitation(id: string): Promise<undefined> {
  return send(http.DELETE('/api/v1/admin/invitations/{id}', { params: { path: { id } } }));
}

/** Sets who can create an account. */
export function setRegistration(mode: RegistrationMode): Promise<undefined> {
  return send(http.PUT('/api/v1/admin/registration', { body: { mode } }));
}
