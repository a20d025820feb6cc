import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { OwnNotice, OwnNoticeList } from '@/api/model';
import { IconAlertTriangle } from '@/components/icons';

import '../messages/catalogue';
import { dayText } from '../text';
import classes from './notices.module.css';

/** How many strikes the account has, and what follows from them. */
export function OwnStrikes({ of }: { of: OwnNoticeList }) {
  const { t } = useTranslation('notices');
  const ahead = [
    of.suspend > 0 && !of.suspended && t('strikes.suspend', { count: of.suspend }),
    of.disable > 0 && of.strikes < of.disable && t('strikes.disable', { count: of.disable }),
  ].filter((line) => line !== false);
  return (
    <section className={classes.strikes} data-tone={of.suspended ? 'bad' : undefined} aria-label={t('strikes.title')}>
      {of.suspended && <IconAlertTriangle size={20} aria-hidden="true" />}
      <p>
        <b>{t('strikes.count', { count: of.strikes })}</b> {of.suspended && t('strikes.suspended')} {ahead.join(' ')}{' '}
        <Link to="/dmca">{t('strikes.policy')}</Link>
      </p>
    </section>
  );
}

/** The strike that a notice gave the account, as a line of its facts. */
export function OwnStrikeLine({ strike }: { strike: OwnNotice['strike'] }) {
  const { t } = useTranslation('notices');
  if (strike === null) return null;
  const over = strike.why === '' ? t('strikes.over') : t('strikes.withdrawn', { why: strike.why });
  return (
    <>
      <dt>{t('strikes.strike')}</dt>
      <dd>{strike.counts ? t('strikes.until', { at: dayText(strike.expiresAt) }) : over}</dd>
    </>
  );
}
