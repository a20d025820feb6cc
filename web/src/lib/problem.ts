import { text } from './messages';
import './common-messages/catalogue';

/** The codes that this app acts on. */
export const problemCode = {
  network: 'network',
  unauthorized: 'unauthorized',
  notFound: 'not_found',
  conflict: 'conflict',
  duplicateJob: 'duplicate_job',
  unavailable: 'unavailable',
  rateLimited: 'rate_limited',
  reauthenticate: 'reauthentication_required',
  signInExpired: 'sign_in_expired',
  emailUnverified: 'email_not_verified',
  linkNotValid: 'link_not_valid',
  botCheckFailed: 'bot_check_failed',
  passkeyMissing: 'passkey_missing',
  fileLost: 'file_lost',
} as const;

/** One input field at fault. */
export interface FieldFault {
  field: string;
  detail: string;
}

interface ProblemBody {
  title?: string;
  detail?: string;
  code?: string;
  field?: string;
  requestId?: string;
  errors?: FieldFault[];
}

/** A request that failed: an RFC 9457 problem of the server, or the network's fault (status 0). */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId = '',
    readonly fields: readonly FieldFault[] = [],
    /** When to try again, in milliseconds since 1970; 0 if the server named no time. */
    readonly retryAt = 0,
  ) {
    super(message);
  }

  /** Returns the fault of one input field, if the server named it. */
  fieldFault(field: string): string | undefined {
    return this.fields.find((fault) => fault.field === field || fault.field.endsWith(`.${field}`))?.detail;
  }
}

/** Puts an English text of the API in the words of users: it says job where they read download. Names stand in quotes and stay. */
export function forUsers(text: string): string {
  return text.replaceAll(/“[^”]*”|\b([Jj])ob(s?)\b/g, (match, initial?: string, plural = '') =>
    initial === undefined ? match : `${initial === 'J' ? 'Download' : 'download'}${plural}`,
  );
}

/** Makes an error from an answer's body, which can be anything if a proxy answered instead of the server. */
export function problemOf(status: number, body: unknown, retryAfter: string | null = null): ProblemError {
  const problem: ProblemBody = typeof body === 'object' && body !== null ? body : {};
  const message = forUsers(problem.detail ?? problem.title ?? text('common:faults.status', { status }));
  const fields = problem.errors ?? (problem.field ? [{ field: problem.field, detail: message }] : []);
  const seconds = Number(retryAfter ?? Number.NaN);
  const retryAt = Number.isFinite(seconds) && seconds > 0 ? Date.now() + seconds * 1000 : 0;
  return new ProblemError(status, problem.code ?? `http_${status}`, message, problem.requestId ?? '', fields, retryAt);
}

/** An act that needed a confirmation and didn't get it. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';

  constructor() {
    super(text('common:faults.notConfirmed'));
  }
}

/** Returns the sentence to show for anything that was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof CancelledError) return error.message;
  return error instanceof ProblemError ? error.message : text('common:faults.unknown');
}

/** Reports whether the error is a problem with the code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof ProblemError && error.code === code;
}
