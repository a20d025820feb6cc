import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { ProviderList } from '@/api/model';
import { providerTitles } from '@/lib/provider';

import '../messages/catalogue';
import { failoverTexts, orderOf } from '../health';
import classes from './providers.module.css';

/** The order in which providers are tried, and whether users can choose one. */
export function FailoverPart({ list, onChange }: { list: ProviderList; onChange: () => void }) {
  const { t } = useTranslation('providers');
  const order = orderOf(list.active, list.failover);
  return (
    <section className={classes.part} aria-labelledby="failover">
      <div className={classes.parthead}>
        <h2 id="failover">{t('failoverPart.failover')}</h2>
        <Button variant="default" size="compact-sm" onClick={onChange}>
          {t('failoverPart.changeFailover')}
        </Button>
      </div>
      <div className={classes.panel}>
        <ol className={classes.order} aria-label={t('failoverPart.providerOrder')}>
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
            ? t('failoverPart.ifTheFirst')
            : t('failoverPart.ifThisProvider')}
        </p>
        <dl className={classes.facts}>
          <div>
            <dt>{t('failoverPart.policy')}</dt>
            <dd>{failoverTexts[list.failover]}</dd>
          </div>
          <div>
            <dt>{t('failoverPart.choice')}</dt>
            <dd>{list.userChoice ? t('failoverPart.usersCanChoose') : t('failoverPart.usersCantChoose')}</dd>
          </div>
        </dl>
      </div>
    </section>
  );
}
