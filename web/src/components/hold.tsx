/** Keeps what stands below from showing until it is known whether something comes here, so that nothing moves then. */
export function Hold() {
  return <span data-hold aria-busy="true" hidden />;
}
