import { Button } from '@mantine/core';

import type { ProviderList } from '@/api/model';
import { providerTitles } from '@/lib/provider';

import { failoverTexts, orderOf } from '../health';
import classes from './providers.module.css';

/** The order in which providers are tried, and whether users can choose one. */
export function FailoverPart({ list, onChange }: { list: ProviderList; onChange: () => void }) {
  const order = orderOf(list.active, list.failover);
  return (
    <section className={classes.part} aria-labelledby="failover">
      <div className={classes.parthead}>
        <h2 id="failover">Failover</h2>
        <Button variant="default" size="compact-sm" onClick={onChange}>
          Change failover
        </Button>
      </div>
      <div className={classes.panel}>
        <ol className={classes.order} aria-label="Provider order">
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
            ? "If the first provider can't deliver a download, the second takes over: after a stall or an outage, when the account is full, or when no agent is online. Never after a legal or policy block."
            : "If this provider can't deliver a download, the download waits or fails."}
        </p>
        <dl className={classes.facts}>
          <div>
            <dt>Policy</dt>
            <dd>{failoverTexts[list.failover]}</dd>
          </div>
          <div>
            <dt>Choice</dt>
            <dd>{list.userChoice ? 'Users can choose the provider' : "Users can't choose the provider"}</dd>
          </div>
        </dl>
      </div>
    </section>
  );
}
