import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    components: typeof en;
  }
}

addCatalogue('components', en);
