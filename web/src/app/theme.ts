import {
  createTheme,
  localStorageColorSchemeManager,
  type CheckboxProps,
  type MantineColorsTuple,
  type MenuProps,
  type ModalProps,
  type SkeletonProps,
  type TooltipProps,
} from '@mantine/core';

import { text } from '@/lib/messages';
import '@/lib/common-messages/catalogue';

/** Cobalt: progress, links, focus and the one main action of a page. */
const cobalt: MantineColorsTuple = [
  '#eef3ff',
  '#dde7ff',
  '#bacdff',
  '#91aefc',
  '#6b8ff8',
  '#4b73f2',
  '#3159e6',
  '#2547c4',
  '#1f3a9e',
  '#1b3079',
];

/** Warm neutrals of the light scheme, from paper to ink. */
const gray: MantineColorsTuple = [
  '#faf9f7',
  '#f4f2ee',
  '#eae7e1',
  '#dcd8d0',
  '#c3bdb2',
  '#9a9388',
  '#6d685f',
  '#56514a',
  '#393531',
  '#211f1c',
];

/** Warm neutrals of the dark scheme, from text to the deepest ground. */
const dark: MantineColorsTuple = [
  '#edeae5',
  '#d2cec7',
  '#a8a39a',
  '#827d75',
  '#4c4843',
  '#3a3734',
  '#2d2b28',
  '#211f1d',
  '#181715',
  '#11100f',
];

/** Menus and dialogs render inside the main landmark, so that screen readers find them. */
const layers = '#layers';

/** The theme. Its variables are written to styles/theme.gen.css by `npm run gen:theme`. */
export const theme = createTheme({
  primaryColor: 'cobalt',
  primaryShade: 6,
  colors: { cobalt, gray, dark },
  black: '#211f1c',
  fontFamily: "'IBM Plex Sans Variable', ui-sans-serif, system-ui, -apple-system, 'Segoe UI', 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Noto Sans Mono', Menlo, Consolas, monospace",
  headings: {
    fontFamily: "'IBM Plex Sans Variable', ui-sans-serif, system-ui, sans-serif",
    fontWeight: '620',
    textWrap: 'balance',
    sizes: {
      h1: { fontSize: '1.625rem', lineHeight: '1.2' },
      h2: { fontSize: '1.1875rem', lineHeight: '1.3' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
      h4: { fontSize: '0.875rem', lineHeight: '1.45' },
    },
  },
  fontSizes: { xs: '0.78125rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  fontWeights: { regular: '400', medium: '550', bold: '650' },
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '6px', md: '9px', lg: '14px', xl: '22px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  // Plain objects: the components' own `extend` would load every one of them with the first page.
  components: {
    // The scroll lock of Mantine writes a style element, which the content security policy forbids.
    Modal: {
      defaultProps: {
        lockScroll: false,
        closeButtonProps: { 'aria-label': text('common:close') },
        portalProps: { target: layers },
        centered: true, radius: 'lg', overlayProps: { blur: 1, backgroundOpacity: 0.45 },
      } satisfies Partial<ModalProps>,
    },
    Menu: {
      defaultProps: {
        // A menu must not contain an empty focusable element, so each menu marks its first item with data-autofocus.
        withInitialFocusPlaceholder: false,
        portalProps: { target: layers },
        shadow: 'md',
        radius: 'md',
        position: 'bottom-end',
        offset: 6,
      } satisfies Partial<MenuProps>,
    },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true, arrowSize: 6, multiline: true } satisfies Partial<TooltipProps> },
    Checkbox: { defaultProps: { radius: 'xs', size: 'xs' } satisfies Partial<CheckboxProps> },
    Skeleton: { defaultProps: { radius: 'sm' } satisfies Partial<SkeletonProps> },
  },
});

/** Keeps the chosen colour scheme; public/color-scheme.js reads the same key before the first paint. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'longhaul-color-scheme' });
