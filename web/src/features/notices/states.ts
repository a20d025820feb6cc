import type { NoticeState } from '@/api/model';

/** The states of a notice, in the order in which they are offered. */
export const noticeStates = ['received', 'incomplete', 'accepted', 'rejected', 'countered', 'restored', 'upheld', 'withdrawn'] as const satisfies readonly NoticeState[];
