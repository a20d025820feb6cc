import classes from './viewer.module.css';

/** Room for a film or a recording whose player isn't there yet, `withBar` also for what stands below it, so that nothing moves when they come. */
export function Room({ sound, withBar = false }: { sound: boolean; withBar?: boolean }) {
  return (
    <>
      <div className={classes.room} data-kind={sound ? 'sound' : 'film'} />
      {withBar && <div className={classes.roomBar} />}
    </>
  );
}
