export const anySorts = ['-created', 'created', 'name', '-name', '-size', 'size'] as const;
export type AnySort = (typeof anySorts)[number];
export const defaultAnySort: AnySort = '-created';
