// A stand-in for Cloudflare's script host, so that the app's real widget runs without another machine. Its script puts
// a frame of that host into the page, as Cloudflare's does, and the frame posts the answer.
export const scriptHost = 'https://challenges.cloudflare.com';

const script = `
  const widgets = new Map();
  const show = (widget) => {
    widget.answer = undefined;
    const address = new URL('${scriptHost}/widget');
    address.search = new URLSearchParams({ hostname: location.hostname, action: widget.options.action, id: widget.id });
    widget.frame.src = address;
  };
  addEventListener('message', (event) => {
    const widget = event.origin === '${scriptHost}' ? widgets.get(event.data.id) : undefined;
    if (!widget) return;
    widget.answer = event.data.answer;
    widget.options.callback(widget.answer);
  });
  window.turnstile = {
    render: (element, options) => {
      const widget = { id: String(Math.random()), options, frame: document.createElement('iframe') };
      Object.assign(widget.frame, { width: '100%', height: 65, title: 'Check that you are a person' });
      widgets.set(widget.id, widget);
      element.append(widget.frame);
      show(widget);
      return widget.id;
    },
    getResponse: (id) => widgets.get(id)?.answer,
    reset: (id) => show(widgets.get(id)),
    remove: (id) => {
      widgets.get(id)?.frame.remove();
      widgets.delete(id);
    },
  };
  window[new URL(document.currentScript.src).searchParams.get('onload')]?.();
`;

/** Answers for the script host in a browser context. Each answer comes from the address `answers`. */
export async function standIn(context, answers) {
  await context.route(`${scriptHost}/**`, async (route) => {
    const { pathname, searchParams } = new URL(route.request().url());
    if (pathname.endsWith('/api.js')) return route.fulfill({ contentType: 'text/javascript', body: script });
    const answer = await (await fetch(`${answers}?${searchParams}`)).text();
    const message = JSON.stringify({ id: searchParams.get('id'), answer });
    return route.fulfill({
      contentType: 'text/html',
      body: `<body style="font: 14px sans-serif">You are a person<script>parent.postMessage(${message}, '*')</script></body>`,
    });
  });
}
