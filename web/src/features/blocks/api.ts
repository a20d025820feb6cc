import { infiniteQueryOptions } from '@tanstack/react-query';

import type { Block, BlockKind, BlockResult } from '@/api/model';
import { http, send } from '@/lib/http';

const pageSize = 100;

/** What a block goes by. */
export const blockKinds: readonly BlockKind[] = ['hash', 'url', 'file'];

/** Which blocks are shown. */
export interface BlockView {
  kind: BlockKind | '';
  q: string;
  lifted: boolean;
}

export const blockKeys = { all: ['blocks'] as const };

/** The blocks, newest first. */
export function blocksQuery({ kind, q, lifted }: BlockView) {
  return infiniteQueryOptions({
    queryKey: [...blockKeys.all, kind, q, lifted],
    queryFn: async ({ pageParam, signal }): Promise<{ items: Block[]; nextCursor: string }> => {
      const query = { ...(kind !== '' && { kind }), ...(q !== '' && { q }), ...(lifted && { lifted }), ...(pageParam !== '' && { cursor: pageParam }), limit: pageSize };
      const { blocks, nextCursor } = await send(http.GET('/api/v1/admin/blocks', { params: { query }, signal }));
      return { items: blocks, nextCursor };
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }: { nextCursor: string }) => (nextCursor === '' ? undefined : nextCursor),
  });
}

const fileId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Blocks what the lines name. A file's id stands for the file; everything else is up to the server to read. */
export function addBlocks(lines: readonly string[], reason: string): Promise<BlockResult> {
  const files = lines.filter((line) => fileId.test(line));
  const values = lines.filter((line) => !fileId.test(line));
  const body = { ...(values.length > 0 && { values }), ...(files.length > 0 && { files }), reason };
  return send(http.POST('/api/v1/admin/blocks', { body }));
}

/** Lifts a block. */
export function liftBlock(id: string): Promise<Block> {
  return send(http.POST('/api/v1/admin/blocks/{id}/lift', { params: { path: { id } } }));
}
