import { ActionIcon, Button, Switch, Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';

import type { FlagRule, FlagState } from '@/api/model';
import { IconPlus, IconTrash } from '@/components/icons';
import { RelativeTime } from '@/components/relative-time';

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
          aria-label={`${text.name} for everyone`}
          label={flag.enabled ? 'On' : 'Off'}
          labelPosition="left"
          checked={flag.enabled}
          onChange={onSwitch}
        />
      </div>
      {!flag.enabled && <p className={classes.off}>{text.off}</p>}
      {forAll && <RuleFacts rule={forAll} />}
      {exceptions.length > 0 && (
        <ul className={classes.rules} aria-label={`Exceptions for ${text.name}`}>
          {exceptions.map((rule) => (
            <li key={`${rule.plan} ${rule.userId}`}>
              <div>
                <p className={classes.target}>
                  <span className={classes.state} data-on={rule.enabled || undefined}>
                    {rule.enabled ? 'On' : 'Off'}
                  </span>
                  <b>{targetOf(rule)}</b>
                </p>
                <RuleFacts rule={rule} />
              </div>
              <Tooltip label="Remove the exception">
                <ActionIcon variant="subtle" color="gray" aria-label={`Remove the exception for ${targetOf(rule)}`} onClick={() => onRemove(rule)}>
                  <IconTrash size={17} />
                </ActionIcon>
              </Tooltip>
            </li>
          ))}
        </ul>
      )}
      <div className={classes.acts}>
        <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} aria-label={`Add exception for ${text.name}`} onClick={onAdd}>
          Add exception
        </Button>
        <Link to="/admin/audit" search={{ action: 'flag', target: flag.feature }} className={classes.history} aria-label={`History of ${text.name}`}>
          History
        </Link>
      </div>
    </li>
  );
}

function RuleFacts({ rule }: { rule: FlagRule }) {
  return (
    <p className={classes.facts}>
      {rule.reason !== '' && <span className={classes.reason}>{rule.reason}</span>}
      <span>
        set <RelativeTime at={rule.changedAt} />
        {rule.by !== '' && ` by ${rule.by}`}
      </span>
    </p>
  );
}
