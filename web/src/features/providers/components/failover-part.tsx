import { Button } from '@mantine/core';

import type { ProviderList } from '@/api/model';
import { providerTitles } from '@/lib/provider';

import { failoverTexts, orderOf } from '../health';
import classes from './providers.module.css';

/** In which order providers are tried, and whether users choose one. */
export function FailoverPart({ list, onChange }: { list: ProviderList; onChange: () => void }) {
  const order = orderOf(list.active, list.failover);
  return (
    <section className={classes.part} aria-labelledby="failover">
      <div className={classes.parthead}>
        <h2 id="failover">Fail-over</h2>
        <Button variant="default" size="compact-sm" onClick={onChange}>
          Change the fail-over
        </Button>
      </div>
      <div className={classes.panel}>
        <ol className={classes.order} aria-label="Order of the providers">
          {order.map((provider, at) => (
            <li key={provider}>
              <span className={classes.place} aria-hidden="true">
                {at + 1}
              </span>
              {providerTitles[provider]}
            </li>
          ))}
        </ol>
        <p className={classes.note}>
          {order.length > 1
            ? 'A new download that the first cannot bring goes on at the second: after a stall, an outage, a full account, or when no agent is there. Never after a legal or policy block.'
            : 'A new download that this provider cannot bring waits or fails there.'}
        </p>
        <dl className={classes.facts}>
          <div>
            <dt>Policy</dt>
            <dd>{failoverTexts[list.failover]}</dd>
          </div>
          <div>
            <dt>Choice</dt>
            <dd>{list.userChoice ? 'Users may name the provider of a download' : 'Users may not name the provider'}</dd>
          </div>
        </dl>
      </div>
    </section>
  );
}
