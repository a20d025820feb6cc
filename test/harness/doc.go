// Package harness runs Longhaul as a person would, for tests and benchmarks:
// the whole system started by the devstack binary in a folder of its own, a
// client of the public API, deterministic content, an HTTP server that counts
// the bytes it serves, a tracker and an independent BitTorrent seeder. Nothing
// in it is known to production code, and nothing reaches another machine.
package harness
