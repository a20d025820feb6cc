import { TextInput, type TextInputProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import '../messages/catalogue';

/** The field for an e-mail address. */
export function EmailField(props: TextInputProps) {
  const { t } = useTranslation('auth');
  return (
    <TextInput
      name="email"
      type="email"
      label={t('emailField.eMail')}
      size="md"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={254}
      required
      withAsterisk={false}
      {...props}
    />
  );
}
