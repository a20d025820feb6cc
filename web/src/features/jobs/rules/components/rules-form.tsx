import { Button, Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { ErrorNotice } from '@/components/notice';
import { toastDone, toastFailed } from '@/components/toast';
import { labelsQuery } from '@/features/jobs/labels/api';

import { rulesQuery, saveRules, type OwnRules } from '../api';
import '../messages/catalogue';
import classes from './rules.module.css';

const mebibyte = 1024 ** 2;

/** The user's rules, to change them. */
export function RulesForm() {
  const { t } = useTranslation('rules');
  const { data: rules, error, refetch } = useQuery(rulesQuery());
  if (rules) return <Fields rules={rules} />;
  return error ? <ErrorNotice error={error} title={t('load')} retry={() => void refetch()} /> : null;
}

function Fields({ rules }: { rules: OwnRules }) {
  const { t } = useTranslation('rules');
  const client = useQueryClient();
  const { data: labels = [] } = useQuery(labelsQuery());
  const [label, setLabel] = useState(rules.label);
  const [skipSamples, setSkipSamples] = useState(rules.skipSamples ?? false);
  const [size, setSize] = useState<number | string>(rules.minSize ? rules.minSize / mebibyte : '');
  const [extensions, setExtensions] = useState((rules.skipExtensions ?? []).join(', '));
  const [startPaused, setStartPaused] = useState(rules.startPaused ?? false);
  const [provider, setProvider] = useState(rules.provider ?? '');
  const saving = useMutation({
    mutationFn: () =>
      saveRules({
        label: labels.some((each) => each.id === label) ? (label ?? null) : null,
        skipSamples,
        minSize: typeof size === 'number' ? Math.round(size * mebibyte) : 0,
        skipExtensions: extensions.split(/[\s,;]+/).filter((each) => each !== ''),
        startPaused,
        provider,
      }),
    onSuccess: (saved) => {
      client.setQueryData(rulesQuery().queryKey, saved);
      setExtensions((saved.skipExtensions ?? []).join(', '));
      toastDone(t('saved'));
    },
    onError: (error) => toastFailed(t('couldnt'), error),
  });
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <Select
        label={t('label')}
        data={[{ value: '', label: t('noLabel') }, ...labels.map((each) => ({ value: each.id, label: each.name }))]}
        value={labels.some((each) => each.id === label) ? (label ?? '') : ''}
        allowDeselect={false}
        onChange={(value) => setLabel(value === '' ? null : value)}
      />
      <Checkbox label={t('samples')} checked={skipSamples} onChange={(event) => setSkipSamples(event.currentTarget.checked)} />
      <NumberInput label={t('minSize')} description={t('minSizeUnit')} min={0} max={1_000_000} value={size} onChange={setSize} />
      <TextInput label={t('extensions')} description={t('extensionsHint')} maxLength={2000} value={extensions} onChange={(event) => setExtensions(event.currentTarget.value)} />
      <Checkbox label={t('paused')} checked={startPaused} onChange={(event) => setStartPaused(event.currentTarget.checked)} />
      {rules.providerChoice && (
        <Select
          label={t('provider')}
          data={[
            { value: '', label: t('active') },
            { value: 'agent', label: t('agent') },
            { value: 'seedr', label: t('seedr') },
          ]}
          value={provider}
          allowDeselect={false}
          onChange={(value) => setProvider(value ?? '')}
        />
      )}
      <div>
        <Button type="submit" loading={saving.isPending}>
          {t('save')}
        </Button>
      </div>
    </form>
  );
}
