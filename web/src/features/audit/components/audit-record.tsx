import { UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { AuditEntry } from '@/api/model';
import { IconArrowRight } from '@/components/icons';
import { RelativeTime } from '@/components/relative-time';

import '../messages/catalogue';
import type { AuditView } from '../api';
import { actionText, actorText, changesOf, targetText, type Change } from '../text';
import classes from './audit.module.css';

interface AuditRecordProps {
  entry: AuditEntry;
  onView: (change: Partial<AuditView>) => void;
}

/** One entry of the audit log. */
export function AuditRecord({ entry, onView }: AuditRecordProps) {
  const { t } = useTranslation('audit');
  const target = targetText(entry);
  const actor = actorText(entry);
  const changes = changesOf(entry);
  return (
    <div className={classes.record}>
      <p className={classes.what}>
        <b>{actionText(entry.action)}</b>
        {target !== '' && (
          <UnstyledButton className={classes.name} title={t('auditRecord.showEntriesFor')} onClick={() => onView({ target: entry.targetName || entry.targetId })}>
            {target}
          </UnstyledButton>
        )}
      </p>
      <p className={classes.when}>
        <RelativeTime at={entry.at} />
      </p>
      <p className={classes.facts}>
        <span>
          {t('auditRecord.by')}{' '}
          {entry.actorId ? (
            <UnstyledButton className={classes.name} title={t('auditRecord.showEntriesBy')} onClick={() => onView({ actor: entry.actorName || (entry.actorId ?? '') })}>
              {actor}
            </UnstyledButton>
          ) : (
            actor
          )}
        </span>
        {entry.ip !== '' && (
          <span className="tabular">
            {t('auditRecord.from', { ip: entry.ip })}
          </span>
        )}
        {entry.targetKind === 'user' && entry.targetName !== '' && (
          <Link to="/admin/users/$userId" params={{ userId: entry.targetId }} className={classes.name}>
            {t('auditRecord.account')}
          </Link>
        )}
        <span className="tabular" title={t('auditRecord.hash', { hash: entry.hash })}>
          {t('auditRecord.entry', { id: entry.id })}
        </span>
      </p>
      {changes.length > 0 && (
        <dl className={classes.changes}>
          {changes.map((change) => (
            <div key={change.name}>
              <dt>{change.name}</dt>
              <dd>
                <ChangeText change={change} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

function ChangeText({ change: { from, to } }: { change: Change }) {
  const { t } = useTranslation('audit');
  if (from === undefined) return <>{to}</>;
  if (to === undefined) return <del>{from}</del>;
  return (
    <>
      <del>{from}</del> <IconArrowRight size={14} aria-label={t('auditRecord.changedTo')} /> <ins>{to}</ins>
    </>
  );
}
