import { useEffect, useState } from 'react';

import { IconInfoCircle } from '@/components/icons';
import { forgetFarewell, readFarewell, type Farewell } from '@/lib/farewell';

import classes from './auth.module.css';

const texts: Record<Farewell, { title: string; text: string }> = {
  left: { title: 'You are signed out.', text: 'Your downloads go on.' },
  ended: { title: 'You were signed out.', text: 'This session was ended elsewhere, or it expired. Sign in to go on where you were.' },
  deleted: { title: 'Your account is deleted.', text: 'Its downloads, files, links and tokens are gone for good.' },
};

/** Tells, once, why somebody who was signed in stands before the sign-in page. */
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
