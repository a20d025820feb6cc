import { PasswordInput, type PasswordInputProps } from '@mantine/core';

/** A password field with a button that shows the password. */
export function PasswordField({ error, ...props }: PasswordInputProps) {
  return (
    <PasswordInput
      name="password"
      required
      withAsterisk={false}
      maxLength={1024}
      error={error}
      // Mantine sets this on plain inputs only.
      aria-invalid={error ? true : undefined}
      visibilityToggleButtonProps={{ 'aria-label': 'Show or hide password' }}
      {...props}
    />
  );
}
