import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { labelsQuery } from '@/features/jobs/labels/api';
import { formatBytes } from '@/lib/format';

import { rulesQuery } from '../api';
import '../messages/catalogue';
import classes from './rules.module.css';

/** Says which of the user's rules apply to what is about to be added; without any, it isn't there. */
export function RulesSummary() {
  const { t } = useTranslation('rules');
  const { data: rules } = useQuery(rulesQuery());
  const { data: labels = [] } = useQuery({ ...labelsQuery(), enabled: typeof rules?.label === 'string' });
  if (!rules) return null;
  const label = labels.find((each) => each.id === rules.label);
  const { minSize = 0, skipExtensions = [], provider = '' } = rules;
  const parts = [
    label && t('ruleLabel', { name: label.name }),
    rules.skipSamples && t('ruleSamples'),
    minSize > 0 && t('ruleSize', { size: formatBytes(minSize) }),
    skipExtensions.length > 0 && t('ruleExtensions', { list: skipExtensions.map((each) => `.${each}`).join(', ') }),
    rules.startPaused && t('rulePaused'),
    rules.providerChoice && provider !== '' && t('ruleProvider', { name: t(provider) }),
  ].filter((part) => typeof part === 'string');
  if (parts.length === 0) return null;
  return (
    <p className={classes.summary}>
      {t('summary')} {parts.join('; ')}.{' '}
      <Link to="/settings" hash="downloads">
        {t('change')}
      </Link>
    </p>
  );
}
