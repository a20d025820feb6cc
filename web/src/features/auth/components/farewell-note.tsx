import { useEffect, useState } from 'react';

import { IconInfoCircle } from '@/components/icons';
import { forgetFarewell, readFarewell, type Farewell } from '@/lib/farewell';

import classes from './auth.module.css';

const texts: Record<Farewell, { title: string; text: string }> = {
  left: { title: "You're signed out.", text: 'Your downloads keep running.' },
  ended: { title: 'You were signed out.', text: 'This session expired or was ended elsewhere. Sign in to continue.' },
  deleted: { title: 'Your account has been deleted.', text: 'Its downloads, files, links and tokens are gone for good.' },
};

/** Says, once, why someone who was signed in sees the sign-in page. */
export function FarewellNote() {
  const [why] = useState(readFarewell);
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
