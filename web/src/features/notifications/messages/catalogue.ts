import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    notifications: typeof en;
  }
}

addCatalogue('notifications', en);
