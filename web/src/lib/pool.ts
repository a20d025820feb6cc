import { text } from './messages';
import './common-messages/catalogue';

/** What the name of a pool of agents has to look like. */
const poolName = /^[a-z][a-z\d-]{0,39}$/;

/** What is wrong with a typed pool; empty is none. */
export function poolFault(typed: string): string | undefined {
  return typed === '' || poolName.test(typed) ? undefined : text('common:pool');
}
