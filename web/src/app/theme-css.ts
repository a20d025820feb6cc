import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core';

import { theme } from './theme';

type Variables = Record<string, string>;

function changed(ours: Variables, defaults: Variables): Variables {
  return Object.fromEntries(Object.entries(ours).filter(([name, value]) => defaults[name] !== value));
}

/**
 * Returns the style sheet with every variable in which the theme differs from Mantine's own sheet.
 * Mantine would write it into a style element at run time; the content security policy allows only files.
 */
export function themeCss(): string {
  const ours = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme));
  const defaults = defaultCssVariablesResolver(DEFAULT_THEME);
  const css = convertCssVariables({
    variables: changed(ours.variables, defaults.variables),
    light: changed(ours.light, defaults.light),
    dark: changed(ours.dark, defaults.dark),
  });
  const pretty = css.replaceAll(/([;{])/g, '$1\n').replaceAll('}', '}\n');
  return `/* Written by \`npm run gen:theme\` from app/theme.ts. Do not edit. */\n${pretty}`;
}
