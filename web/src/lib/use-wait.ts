import { useEffect, useState } from 'react';

import { ProblemError } from './problem';

function secondsLeft(error: unknown): number {
  return error instanceof ProblemError ? Math.max(0, Math.ceil((error.retryAt - Date.now()) / 1000)) : 0;
}

/** Counts down the seconds until a failed act can be tried again; 0 if it can be now. */
export function useWait(error: unknown): number {
  const [counted, setCounted] = useState({ error, left: secondsLeft(error) });
  if (counted.error !== error) setCounted({ error, left: secondsLeft(error) });
  const waiting = counted.left > 0;
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => setCounted({ error, left: secondsLeft(error) }), 1000);
    return () => clearInterval(timer);
  }, [waiting, error]);
  return counted.left;
}
