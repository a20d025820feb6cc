import { lazy } from 'react';

/** DropAnywhere, loaded after the page that it is on. */
export const DropAnywhere = lazy(async () => ({ default: (await import('./drop-anywhere')).DropAnywhere }));
