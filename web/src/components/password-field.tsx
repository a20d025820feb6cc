import { PasswordInput, type PasswordInputProps } from '@mantine/core';

/** A field for a password that can be made visible. */
export function PasswordField({ error, ...props }: PasswordInputProps) {
  return (
    <PasswordInput
      name="password"
      required
      withAsterisk={false}
      maxLength={1024}
      error={error}
      // Mantine marks only plain fields so.
      aria-invalid={error ? true : undefined}
      visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
      {...props}
    />
  );
}
