let here = false;

/** Notes that someone has signed in on this page. */
export function noteSignIn(): void {
  here = true;
}

/** Reports whether someone signed in since this page was loaded. */
export function signedInHere(): boolean {
  return here;
}
