import { useId, type ReactNode } from 'react';

import classes from './settings.module.css';

interface SectionProps {
  title: string;
  text: string;
  children: ReactNode;
}

/** One section of the settings, with a sentence about it. */
export function Section({ title, text, children }: SectionProps) {
  const id = useId();
  return (
    <section className={classes.section} data-hold aria-labelledby={id}>
      <div className={classes.about}>
        <h2 id={id}>{title}</h2>
        <p>{text}</p>
      </div>
      <div className={classes.content}>{children}</div>
    </section>
  );
}
