import { Trans, useTranslation } from 'react-i18next';

import type { HealthComponent, HealthFinding } from '@/api/model';
import { HealthLabel } from '@/components/health-label';
import { IconCircleCheck } from '@/components/icons';
import { RelativeTime } from '@/components/relative-time';

import '../messages/catalogue';
import { componentNames, healthLooks } from '../text';
import { AdviceLink } from './advice-link';
import classes from './overview.module.css';

/** What needs an admin. On a healthy system it says so. */
export function WarningsPart({ warnings }: { warnings: readonly HealthFinding[] }) {
  const { t } = useTranslation('overview');
  return (
    <section aria-labelledby="warnings">
      <h2 id="warnings" className={classes.title}>
        {t('healthPart.warnings')}
      </h2>
      {warnings.length === 0 ? (
        <p className={classes.fine}>
          <IconCircleCheck size={18} aria-hidden="true" />
          {t('healthPart.allIsWell')}
        </p>
      ) : (
        <ul className={classes.warnings} aria-labelledby="warnings">
          {warnings.map((warning) => (
            <li key={`${warning.cause} ${warning.target}`} data-tone={healthLooks[warning.state].tone}>
              <p className={classes.what}>{warning.what}</p>
              <p className={classes.note}>
                {warning.advice} <AdviceLink page={warning.page} />
              </p>
              <p className={classes.since}>
                <Trans t={t} i18nKey="healthPart.since" values={{ componentNames: componentNames[warning.component] }} components={{ relativetime: <RelativeTime at={warning.since} /> }} />
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** How each part of the deployment does. */
export function HealthPart({ components }: { components: readonly HealthComponent[] }) {
  const { t } = useTranslation('overview');
  return (
    <section className={classes.part} aria-labelledby="health">
      <h2 id="health">{t('healthPart.health')}</h2>
      {components.length === 0 && <p className={classes.note}>{t('healthPart.theFirstLook')}</p>}
      <ul className={classes.components} aria-labelledby="health">
        {components.map((component) => (
          <li key={component.component}>
            <ComponentCard component={component} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ComponentCard({ component: { component, state, since, findings } }: { component: HealthComponent }) {
  const { t } = useTranslation('overview');
  const [worst, ...more] = findings;
  return (
    <div className={classes.component}>
      <div className={classes.head}>
        <h3>{componentNames[component]}</h3>
        <HealthLabel health={healthLooks[state]} />
      </div>
      {state !== 'off' && (
        <p className={classes.since}>
          <Trans t={t} i18nKey="healthPart.since2" components={{ relativetime: <RelativeTime at={since} /> }} />
        </p>
      )}
      {worst && (
        <p className={classes.note}>
          {worst.what} {worst.advice} {more.length > 0 && t('healthPart.andMore', { more: more.length })}
        </p>
      )}
    </div>
  );
}
