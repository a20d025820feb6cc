import '@/lib/style.css';

import { createRoot } from 'react-dom/client';

import { Options } from '@/lib/options';

const root = document.getElementById('root');
if (root) createRoot(root).render(<Options />);
