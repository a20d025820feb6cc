import { ActionIcon, Button, Switch, Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Trans, useTranslation } from 'react-i18next';

import type { FlagRule, FlagState } from '@/api/model';
import { IconPlus, IconTrash } from '@/components/icons';
import { RelativeTime } from '@/components/relative-time';

import '../messages/catalogue';
import { featureTexts, targetOf } from '../text';
import classes from './flags.module.css';

interface FlagCardProps {
  flag: FlagState;
  onSwitch: () => void;
  onAdd: () => void;
  onRemove: (rule: FlagRule) => void;
}

/** A feature, whether it is on, and who is treated differently. */
export function FlagCard({ flag, onSwitch, onAdd, onRemove }: FlagCardProps) {
  const { t } = useTranslation('flags');
  const text = featureTexts[flag.feature];
  const forAll = flag.rules.find((rule) => rule.plan === '' && rule.userId === '');
  const exceptions = flag.rules.filter((rule) => rule !== forAll);
  return (
    <li className={classes.card} aria-label={text.name}>
      <div className={classes.head}>
        <div>
          <h2>{text.name}</h2>
          <p>{text.what}</p>
        </div>
        <Switch
          className={classes.switch}
          aria-label={t('flagCard.forEveryone', { name: text.name })}
          label={flag.enabled ? t('flagCard.on') : t('flagCard.off')}
          labelPosition="left"
          checked={flag.enabled}
          onChange={onSwitch}
        />
      </div>
      {!flag.enabled && <p className={classes.off}>{text.off}</p>}
      {forAll && <RuleFacts rule={forAll} />}
      {exceptions.length > 0 && (
        <ul className={classes.rules} aria-label={t('flagCard.exceptionsFor', { name: text.name })}>
          {exceptions.map((rule) => (
            <li key={`${rule.plan} ${rule.userId}`}>
              <div>
                <p className={classes.target}>
                  <span className={classes.state} data-on={rule.enabled || undefined}>
                    {rule.enabled ? t('flagCard.on') : t('flagCard.off')}
                  </span>
                  <b>{targetOf(rule)}</b>
                </p>
                <RuleFacts rule={rule} />
              </div>
              <Tooltip label={t('flagCard.removeTheException')}>
                <ActionIcon variant="subtle" color="gray" aria-label={t('flagCard.removeTheExceptionFor', { targetOf: targetOf(rule) })} onClick={() => onRemove(rule)}>
                  <IconTrash size={17} />
                </ActionIcon>
              </Tooltip>
            </li>
          ))}
        </ul>
      )}
      <div className={classes.acts}>
        <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} aria-label={t('flagCard.addExceptionFor', { name: text.name })} onClick={onAdd}>
          {t('flagCard.addException')}
        </Button>
        <Link to="/admin/audit" search={{ action: 'flag', target: flag.feature }} className={classes.history} aria-label={t('flagCard.historyOf', { name: text.name })}>
          {t('flagCard.history')}
        </Link>
      </div>
    </li>
  );
}

function RuleFacts({ rule }: { rule: FlagRule }) {
  const { t } = useTranslation('flags');
  return (
    <p className={classes.facts}>
      {rule.reason !== '' && <span className={classes.reason}>{rule.reason}</span>}
      <span>
        {rule.by !== '' ? <Trans t={t} i18nKey="flagCard.setBy" values={{ by: rule.by }} components={{ relativetime: <RelativeTime at={rule.changedAt} /> }} /> : <Trans t={t} i18nKey="flagCard.set" components={{ relativetime: <RelativeTime at={rule.changedAt} /> }} />}
      </span>
    </p>
  );
}
