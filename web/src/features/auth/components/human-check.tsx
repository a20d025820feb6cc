import { useComputedColorScheme } from '@mantine/core';
import type { TurnstileInstance } from '@marsidev/react-turnstile';
import { lazy, Suspense, useCallback, useRef, useState, type ReactNode } from 'react';

import type { Config } from '@/api/model';
import { text } from '@/lib/messages';
import { problemCode, ProblemError } from '@/lib/problem';

import '../messages/catalogue';
import classes from './auth.module.css';

// Most installations check nothing.
const Turnstile = lazy(() => import('@marsidev/react-turnstile').then((part) => ({ default: part.Turnstile })));

const scriptHost = 'challenges.cloudflare.com';
const longestWait = 30_000;

export interface HumanCheck {
  /** The widget; null where there is no check. */
  widget: ReactNode;
  /** Runs a request with the widget's answer. Each answer works once, so the widget makes a new one afterwards. */
  withAnswer: <R>(request: (answer: { turnstile?: string }) => Promise<R>) => Promise<R>;
}

/** The widget's handle, and a promise that ends once there is one: the widget loads after the form, which may be sent before. */
function useWidget() {
  const instance = useRef<TurnstileInstance>(null);
  const [arrival] = useState(() => {
    let arrived: () => void = () => undefined;
    const promise = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    return { promise, arrived };
  });
  const hold = useCallback(
    (widget: TurnstileInstance | null) => {
      instance.current = widget;
      if (widget) arrival.arrived();
    },
    [arrival],
  );
  return { instance, hold, arrival: arrival.promise };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Checks with Cloudflare's Turnstile that a human fills in the form, where the installation requires it. */
export function useHumanCheck(config: Config, action: 'login' | 'register' | 'reset' | 'notice'): HumanCheck {
  const siteKey = config.turnstileSiteKey;
  const { instance, hold, arrival } = useWidget();
  const [blocked, setBlocked] = useState(false);
  const theme = useComputedColorScheme();
  if (siteKey === '') return { widget: null, withAnswer: (request) => request({}) };
  const widget = (
    <div className={classes.check}>
      <Suspense>
        <Turnstile
          ref={hold}
          siteKey={siteKey}
          options={{ action, theme, size: 'flexible', responseField: false }}
          scriptOptions={{ onError: () => setBlocked(true) }}
        />
      </Suspense>
      {blocked && (
        <p className={classes.blocked} role="alert">
          {text('auth:humanCheck.couldntLoadThe', { scriptHost })}
        </p>
      )}
    </div>
  );
  return {
    widget,
    withAnswer: async (request) => {
      await Promise.race([arrival, pause(longestWait)]);
      const turnstile = await instance.current?.getResponsePromise(longestWait).catch(() => undefined);
      if (turnstile === undefined) {
        throw new ProblemError(0, problemCode.botCheckFailed, text('auth:humanCheck.theCheckThat'));
      }
      try {
        return await request({ turnstile });
      } finally {
        instance.current?.reset();
      }
    },
  };
}
