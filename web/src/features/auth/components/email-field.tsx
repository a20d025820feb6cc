import { TextInput, type TextInputProps } from '@mantine/core';

/** The field for an e-mail address. */
export function EmailField(props: TextInputProps) {
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
      {...props}
    />
  );
}
