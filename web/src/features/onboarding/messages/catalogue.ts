import { addCatalogue } from '@/lib/messages';

import en from './en.json';

declare module '@/lib/messages' {
  interface Catalogues {
    onboarding: typeof en;
  }
}

addCatalogue('onboarding', en);
