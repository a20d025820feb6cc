import { VisuallyHidden } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

const suffix = ' · Longhaul';
// A page sets its title when it shows, which may take a request.
const longestWait = 10_000;

/** Calls back with the title that the page gets next, or has by the time that passes. */
function onTitle(before: string, tell: (title: string) => void): () => void {
  const now = () => document.title.replace(suffix, '');
  if (document.title !== before) {
    tell(now());
    return () => undefined;
  }
  const finish = () => {
    stop();
    tell(now());
  };
  const observer = new MutationObserver(finish);
  const timer = setTimeout(finish, longestWait);
  const stop = () => {
    observer.disconnect();
    clearTimeout(timer);
  };
  observer.observe(document.head, { subtree: true, childList: true, characterData: true });
  return stop;
}

/** Moves the focus to the new page's content, unless the page took it: else it stays on a link of the page before. */
function focusContent(): void {
  const main = document.querySelector('main');
  if (!main || (document.activeElement !== document.body && main.contains(document.activeElement))) return;
  main.tabIndex = -1;
  main.focus({ preventScroll: true });
}

/** Does for screen readers and keyboards what a browser does when a page loads: says which it is, and starts at its top. */
export function PageAnnouncer() {
  const router = useRouter();
  const [title, setTitle] = useState('');
  useEffect(() => {
    let stop: () => void = () => undefined;
    let before = document.title;
    const starts = router.subscribe('onBeforeNavigate', () => {
      before = document.title;
    });
    const ends = router.subscribe('onRendered', ({ pathChanged, fromLocation }) => {
      if (!pathChanged || !fromLocation) return;
      focusContent();
      stop();
      stop = onTitle(before, setTitle);
    });
    return () => {
      starts();
      ends();
      stop();
    };
  }, [router]);
  return (
    <VisuallyHidden aria-live="polite" data-page-announcer>
      {title}
    </VisuallyHidden>
  );
}
