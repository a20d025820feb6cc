import { TextInput } from '@mantine/core';

interface EmailFieldProps {
  error?: string | undefined;
}

/** The field for an e-mail address. */
export function EmailField({ error }: EmailFieldProps) {
  return (
    <TextInput
      name="email"
      type="email"
      label="E-mail"
      size="md"
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={254}
      required
      withAsterisk={false}
      error={error}
    />
  );
}
