/** Codes that this app decides by; the server's docs/problems.md lists all of them. */
export const problemCode = {
  network: 'network',
  unauthorized: 'unauthorized',
  notFound: 'not_found',
  conflict: 'conflict',
  duplicateJob: 'duplicate_job',
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
  ) {
    super(message);
  }

  /** Returns the fault of one input field, if the server named it. */
  fieldFault(field: string): string | undefined {
    return this.fields.find((fault) => fault.field === field || fault.field.endsWith(`.${field}`))?.detail;
  }
}

/** Makes the error of an answer's body, which may be anything when a proxy answers instead of the server. */
export function problemOf(status: number, body: unknown): ProblemError {
  const problem: ProblemBody = typeof body === 'object' && body !== null ? body : {};
  const message = problem.detail ?? problem.title ?? `The server answered with status ${status}.`;
  const fields = problem.errors ?? (problem.field ? [{ field: problem.field, detail: message }] : []);
  return new ProblemError(status, problem.code ?? `http_${status}`, message, problem.requestId ?? '', fields);
}

/** Returns the sentence to show for anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof ProblemError ? error.message : 'Something went wrong in this page. Reload it to try again.';
}

/** Reports whether the error is a problem with the code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof ProblemError && error.code === code;
}
