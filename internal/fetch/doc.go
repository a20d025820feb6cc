// Package fetch makes every outbound HTTP client and guarded connection of
// Longhaul. Addresses that come from users, torrents, trackers or redirects
// are checked when the connection is made, on the address that the name
// resolved to, so that neither a redirect nor a name that changes its address
// reaches a private network. Endpoints that the operator configured (agents,
// object storage, the control plane) get a client without that check.
//
// It does not read files to the end, does not retry and knows nothing of jobs.
package fetch
