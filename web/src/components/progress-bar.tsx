import classes from './progress-bar.module.css';

interface ProgressBarProps {
  /** What is in progress, for screen readers. */
  label: string;
  /** Verified share, 0 to 1; null while unknown. */
  done: number | null;
  /** Stored share, 0 to 1. */
  stored?: number;
  tone?: 'active' | 'ok' | 'warn' | 'bad' | 'idle';
  size?: 'thin' | 'thick';
}

function share(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** A bar with two layers: verified bytes, and within them the bytes already in storage. */
export function ProgressBar({ label, done, stored = 0, tone = 'active', size = 'thin' }: ProgressBarProps) {
  const unknown = done === null;
  const percent = unknown ? undefined : Math.floor(share(done) * 100);
  return (
    <div
      className={classes.bar}
      data-tone={tone}
      data-size={size}
      data-unknown={unknown || undefined}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      {!unknown && (
        <>
          <span className={classes.done} style={{ transform: `scaleX(${share(done)})` }} />
          <span className={classes.stored} style={{ transform: `scaleX(${Math.min(share(stored), share(done))})` }} />
        </>
      )}
    </div>
  );
}
