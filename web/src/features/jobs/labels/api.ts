import { queryOptions, type QueryClient } from '@tanstack/react-query';

import type { components } from '@/api/schema.gen';
import { http, send } from '@/lib/http';

export type Label = components['schemas']['Label'];
export type Colour = Label['colour'];
export const colours = ['grey', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'pink'] as const satisfies readonly Colour[];

export const labelKeys = { all: ['labels'] as const };

/** The user's labels, by name. */
export function labelsQuery() {
  return queryOptions({
    queryKey: labelKeys.all,
    queryFn: async ({ signal }): Promise<readonly Label[]> => {
      const answer = await send(http.GET('/api/v1/labels', { signal }));
      return answer.labels;
    },
    staleTime: 60_000,
  });
}

/** Fetches the labels again after a change. */
export function refreshLabels(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: labelKeys.all });
}

/** Adds a label. */
export function addLabel(name: string, colour: Colour): Promise<Label> {
  return send(http.POST('/api/v1/labels', { body: { name, colour } }));
}

/** Renames a label or changes its colour. */
export function changeLabel(id: string, name: string, colour: Colour): Promise<Label> {
  return send(http.PUT('/api/v1/labels/{id}', { params: { path: { id } }, body: { name, colour } }));
}

/** Deletes a label; the downloads stay. */
export async function deleteLabel(id: string): Promise<void> {
  await send(http.DELETE('/api/v1/labels/{id}', { params: { path: { id } } }));
}
