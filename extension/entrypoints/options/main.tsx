import '@/lib/style.css';

import { render } from 'preact';

import { Options } from '@/lib/options';

const root = document.getElementById('root');
if (root) render(<Options />, root);
