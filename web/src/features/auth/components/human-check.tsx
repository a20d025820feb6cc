import { useComputedColorScheme } from '@mantine/core';
import { SCRIPT_URL, Turnstile, type TurnstileInstance } from '@marsidev/react-turnstile';
import { useRef, useState, type ReactNode } from 'react';

import type { Config } from '@/api/model';
import { problemCode, ProblemError } from '@/lib/problem';

import classes from './auth.module.css';

const scriptHost = new URL(SCRIPT_URL).host;
const longestWait = 30_000;

export interface HumanCheck {
  /** The widget; null where there is no check. */
  widget: ReactNode;
  /** Runs a request with the widget's answer. Each answer works once, so the widget makes a new one afterwards. */
  withAnswer: <R>(request: (answer: { turnstile?: string }) => Promise<R>) => Promise<R>;
}

/** Checks with Cloudflare's Turnstile that a human fills in the form, where the installation requires it. */
export function useHumanCheck(config: Config, action: 'login' | 'register' | 'reset'): HumanCheck {
  const siteKey = config.turnstileSiteKey;
  const instance = useRef<TurnstileInstance>(null);
  const [blocked, setBlocked] = useState(false);
  const theme = useComputedColorScheme();
  if (siteKey === '') return { widget: null, withAnswer: (request) => request({}) };
  const widget = (
    <div className={classes.check}>
      <Turnstile
        ref={instance}
        siteKey={siteKey}
        options={{ action, theme, size: 'flexible', responseField: false }}
        scriptOptions={{ onError: () => setBlocked(true) }}
      />
      {blocked && (
        <p className={classes.blocked} role="alert">
          Couldn't load the check that you're human. Allow scripts from {scriptHost} and reload the page.
        </p>
      )}
    </div>
  );
  return {
    widget,
    withAnswer: async (request) => {
      const turnstile = await instance.current?.getResponsePromise(longestWait).catch(() => undefined);
      if (turnstile === undefined) {
        throw new ProblemError(0, problemCode.botCheckFailed, "The check that you're human isn't finished. Wait a moment, or reload the page.");
      }
      try {
        return await request({ turnstile });
      } finally {
        instance.current?.reset();
      }
    },
  };
}
