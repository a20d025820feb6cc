import { useEffect, useState } from 'react';

import { IconInfoCircle } from '@/components/icons';
import { forgetFarewell, readFarewell, type Farewell } from '@/lib/farewell';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import classes from './auth.module.css';

const texts: Record<Farewell, { title: string; text: string }> = {
  left: { title: text('auth:farewellNote.youreSignedOut'), text: text('auth:farewellNote.yourDownloadsKeep') },
  ended: { title: text('auth:farewellNote.youWereSigned'), text: text('auth:farewellNote.thisSessionExpired') },
  cookies: { title: text('auth:farewellNote.cookiesBlocked'), text: text('auth:farewellNote.cookiesBlockedText') },
  deleted: { title: text('auth:farewellNote.yourAccountHas'), text: text('auth:farewellNote.itsDownloadsFiles') },
};

/** Says, once, why someone who was signed in sees the sign-in page, or why no one can sign in. */
export function FarewellNote() {
  const [why] = useState(() => (navigator.cookieEnabled ? readFarewell() : 'cookies'));
  useEffect(() => forgetFarewell(), []);
  if (why === undefined) return null;
  const { title, text } = texts[why];
  return (
    <div className={classes.farewell} role="status">
      <IconInfoCircle size={18} aria-hidden="true" />
      <p>
        <b>{title}</b> {text}
      </p>
    </div>
  );
}
