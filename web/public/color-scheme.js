// Sets the colour scheme before the first paint. It is a file of its own because the
// content security policy allows no inline script. The key is the one of app/theme.ts.
(function () {
  var scheme = 'auto';
  try {
    var stored = window.localStorage.getItem('longhaul-color-scheme');
    if (stored === 'light' || stored === 'dark') scheme = stored;
  } catch {
    // Storage may be denied; the system's scheme is used then.
  }
  if (scheme === 'auto') scheme = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
})();
