import type { PasswordInputProps } from '@mantine/core';
import { useState, type ChangeEvent } from 'react';

import type { Config } from '@/api/model';
import { text } from '@/lib/messages';

import './messages/catalogue';
import classes from './new-password.module.css';
import { PasswordField } from './password-field';

/** An installation's rule for new passwords. */
export interface PasswordRule {
  minLength: number;
  sentence: string;
}

/** Returns the rule of an installation. */
export function ruleOf(config: Config): PasswordRule {
  return { minLength: config.limits.minPasswordLength, sentence: config.passwordRule };
}

interface NewPasswordProps extends Omit<PasswordInputProps, 'onChange'> {
  rule: PasswordRule;
  onChange: (event: ChangeEvent<HTMLInputElement>) => void;
}

interface Verdict {
  text: string;
  share: number;
  tone: 'weak' | 'ok';
}

const fewCharacters = 6;

/** Judges a password as it is typed. The server has the last word. */
export function judge(password: string, minLength: number): Verdict {
  const length = Array.from(password).length;
  const share = Math.min(1, length / minLength);
  const missing = minLength - length;
  if (missing > 0) return { text: text('components:newPassword.moreCharacters', { count: missing, missing }), share, tone: 'weak' };
  if (new Set(password).size < fewCharacters) return { text: text('components:newPassword.tooRepetitive'), share: 0.5, tone: 'weak' };
  return { text: text('components:newPassword.longEnough'), share, tone: 'ok' };
}

/** A field for a new password that shows, while typing, whether it is long enough. */
export function NewPassword({ rule, label = text('components:newPassword.newPassword'), size = 'md', error, onChange, ...rest }: NewPasswordProps) {
  const [value, setValue] = useState('');
  const { text, share, tone } = judge(value, rule.minLength);
  // Don't praise a password that the server has just refused.
  const quiet = value === '' || (Boolean(error) && tone === 'ok');
  return (
    <div>
      <PasswordField
        label={label}
        description={rule.sentence}
        size={size}
        autoComplete="new-password"
        error={error}
        {...rest}
        onChange={(event) => {
          setValue(event.currentTarget.value);
          onChange(event);
        }}
      />
      <div className={classes.strength} data-tone={tone} data-quiet={quiet || undefined}>
        <span className={classes.track} aria-hidden="true">
          <span className={classes.fill} style={{ transform: `scaleX(${share})` }} />
        </span>
        <span className={classes.text} role="status">
          {quiet ? '' : text}
        </span>
      </div>
    </div>
  );
}
