import type { TokenScope } from '@/api/model';
import { text } from '@/lib/messages';

import './messages/catalogue';

/** What a token with each scope can do. */
export const scopeTexts: Record<TokenScope, string> = {
  'jobs:read': text('settings:scopes.viewDownloadsAnd'),
  'jobs:write': text('settings:scopes.addStopAnd'),
  'files:read': text('settings:scopes.streamAndDownload'),
  admin: text('settings:scopes.administerThisInstallation'),
};

/** The scopes in the words of a list. */
export const scopeNames: Record<TokenScope, string> = {
  'jobs:read': text('settings:scopes.viewDownloads'),
  'jobs:write': text('settings:scopes.manageDownloads'),
  'files:read': text('settings:scopes.readFiles'),
  admin: 'admin',
};

export const scopes = Object.keys(scopeTexts) as [TokenScope, ...TokenScope[]];
