import { Button, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { IconPlus, IconTrash } from '@/components/icons';

import { claimFaults, type Claim } from '../schema';
import classes from './legal.module.css';

const most = 50;

interface ClaimsProps {
  claims: Claim[];
  onChange: (claims: Claim[]) => void;
  /** Shows what each work lacks. */
  checked: boolean;
}

/** The works of a notice, each with the places where it is. */
export function Claims({ claims, onChange, checked }: ClaimsProps) {
  const { t } = useTranslation('legal');
  const change = (key: number, to: Partial<Claim>) => onChange(claims.map((claim) => (claim.key === key ? { ...claim, ...to } : claim)));
  return (
    <>
      {claims.map((claim, at) => {
        const n = at + 1;
        const faults = checked ? claimFaults(claim) : { work: '', locations: '' };
        return (
          <fieldset key={claim.key} className={classes.set}>
            <legend>{t('form.work', { n })}</legend>
            <TextInput
              label={t('form.workLabel')}
              description={t('form.workHint')}
              required
              withAsterisk={false}
              autoComplete="off"
              value={claim.work}
              error={faults.work || undefined}
              onChange={(event) => change(claim.key, { work: event.currentTarget.value })}
            />
            <Textarea
              label={t('form.locations')}
              description={t('form.locationsHint')}
              required
              withAsterisk={false}
              rows={3}
              resize="vertical"
              autoComplete="off"
              spellCheck={false}
              value={claim.locations}
              error={faults.locations || undefined}
              onChange={(event) => change(claim.key, { locations: event.currentTarget.value })}
            />
            {claims.length > 1 && (
              <div>
                <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconTrash size={15} />} aria-label={t('form.removeWork', { n })} onClick={() => onChange(claims.filter(({ key }) => key !== claim.key))}>
                  {t('form.removeWork', { n })}
                </Button>
              </div>
            )}
          </fieldset>
        );
      })}
      {claims.length < most && (
        <div>
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => onChange([...claims, { key: Math.max(...claims.map(({ key }) => key)) + 1, work: '', locations: '' }])}>
            {t('form.addWork')}
          </Button>
        </div>
      )}
    </>
  );
}
