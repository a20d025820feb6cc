// Package api is Longhaul's HTTP side: the JSON API and its OpenAPI document,
// the live event stream, the calls of compute agents, the pages of the web app
// and, on a listener of its own, the delivery of files.
//
// It holds no business rule, no query and no workflow: handlers say who calls,
// check the input, call one of the small interfaces declared beside them and
// answer. It never fetches an address that a user gave; agents do.
package api
