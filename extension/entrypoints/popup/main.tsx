import '@/lib/style.css';

import { render } from 'preact';

import { Popup } from '@/lib/popup';
import { tellBackground } from '@/lib/use-kept';

const root = document.getElementById('root');
if (root) render(<Popup />, root);
tellBackground();
