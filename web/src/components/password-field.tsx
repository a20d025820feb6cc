import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import './messages/catalogue';

/** A password field with a button that shows the password. */
export function PasswordField({ error, ...props }: PasswordInputProps) {
  const { t } = useTranslation('components');
  return (
    <PasswordInput
      name="password"
      required
      withAsterisk={false}
      maxLength={1024}
      error={error}
      // Mantine sets this on plain inputs only.
      aria-invalid={error ? true : undefined}
      visibilityToggleButtonProps={{ 'aria-label': t('passwordField.showOrHide') }}
      {...props}
    />
  );
}
