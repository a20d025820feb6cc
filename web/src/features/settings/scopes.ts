import type { TokenScope } from '@/api/model';

/** What a token with each scope can do. */
export const scopeTexts: Record<TokenScope, string> = {
  'jobs:read': 'View downloads and their progress',
  'jobs:write': 'Add, stop and delete downloads',
  'files:read': 'Stream and download files',
  admin: 'Administer this installation',
};

/** The scopes in the words of a list. */
export const scopeNames: Record<TokenScope, string> = {
  'jobs:read': 'view downloads',
  'jobs:write': 'manage downloads',
  'files:read': 'read files',
  admin: 'admin',
};

export const scopes = Object.keys(scopeTexts) as [TokenScope, ...TokenScope[]];
