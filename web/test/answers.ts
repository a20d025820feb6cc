export type Answer = Response | Promise<Response>;
export type Handler = (match: RegExpMatchArray, request: Request, url: URL) => Answer;
export type Route = [method: string, path: RegExp, handler: Handler];

/** A fault in the form of the API. */
export function problem(status: number, code: string, detail: string, field?: string, headers: Record<string, string> = {}): Response {
  const body = { type: `urn:longhaul:problem:${code}`, title: code, status, detail, code, field, requestId: 'req-1' };
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/problem+json', ...headers } });
}

export function json(body: unknown, status = 200): Response {
  return Response.json(body, { status });
}

export function empty(): Response {
  return new Response(null, { status: 204 });
}
