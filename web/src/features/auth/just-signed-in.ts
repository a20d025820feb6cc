// In milliseconds. The first calls after sign-in go out at once.
const firstCalls = 10_000;

let signedInAt = -Infinity;

/** Notes that someone has signed in, here and now. */
export function noteSignIn(): void {
  signedInAt = performance.now();
}

/** Reports whether someone signed in on this page moments ago. */
export function justSignedIn(): boolean {
  return performance.now() - signedInAt < firstCalls;
}
