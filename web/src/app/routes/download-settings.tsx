import { useTranslation } from 'react-i18next';

import { LabelList } from '@/features/jobs/labels/components/label-list';
import { MagnetHandler } from '@/features/jobs/rules/components/magnet-handler';
import { RulesForm } from '@/features/jobs/rules/components/rules-form';
import { Section } from '@/features/settings/components/section';

/** The sections of the settings that are about downloads. */
export function DownloadSettings() {
  const { t: rules } = useTranslation('rules');
  const { t: labels } = useTranslation('labels');
  return (
    <>
      <div id="downloads">
        <Section title={rules('title')} text={rules('about')}>
          <RulesForm />
        </Section>
      </div>
      <Section title={labels('labels')} text={labels('manage')}>
        <LabelList />
      </Section>
      {'registerProtocolHandler' in navigator && (
        <Section title={rules('magnets')} text={rules('magnetsText')}>
          <MagnetHandler />
        </Section>
      )}
    </>
  );
}
