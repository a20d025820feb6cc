// Package agent is the compute agent: it fetches sources with its engines and
// moves verified parts to object storage by presigned addresses while the
// download runs.
//
// One process, the supervisor, holds the credentials, serves the control
// plane's calls and uploads. Each transfer runs its engine in a child process
// of its own, so that a source that crashes or hangs an engine costs nobody
// else. Everything that is needed to go on after a kill is in the transfer's
// folder; nothing waits for the control plane.
//
// The package knows no database, no Temporal, no storage credentials, and it
// does not decide where a job runs.
package agent
