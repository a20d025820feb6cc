import { useEffect, useState } from 'react';

/** How long typing has to pause before it counts, in milliseconds. */
export const typingPause = 300;

/** What is in a search field: it shows each key at once and reports the text when the typing pauses. */
export function useTyped(value: string, onPause: (text: string) => void): [string, (text: string, atOnce?: boolean) => void] {
  const [typed, setTyped] = useState(value);
  const [reported, setReported] = useState(value);
  // A value that we did not report comes from elsewhere, such as the Back button.
  if (value !== reported) {
    setReported(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === reported) return undefined;
    const timer = setTimeout(() => {
      setReported(typed);
      onPause(typed);
    }, typingPause);
    return () => clearTimeout(timer);
  }, [typed, reported, onPause]);
  const change = (text: string, atOnce = false) => {
    setTyped(text);
    if (!atOnce) return;
    setReported(text);
    onPause(text);
  };
  return [typed, change];
}
