import '@/lib/style.css';

import { createRoot } from 'react-dom/client';

import { Popup } from '@/lib/popup';

const root = document.getElementById('root');
if (root) createRoot(root).render(<Popup />);
