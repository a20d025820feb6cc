import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    announcementPage: typeof en;
  }
}

addCatalogue('announcementPage', en);
