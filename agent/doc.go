// Package agent is the compute agent: it plugs its parts together and runs
// them. An agent fetches sources with its engines and moves verified parts to
// object storage by presigned addresses while the download runs.
//
// One process, the supervisor's, holds the credentials, serves the control
// plane's calls and uploads. Each transfer runs its engine in a child process
// of its own, so that a source that crashes or hangs an engine costs no other
// job. Everything that a transfer needs after a kill is in its directory;
// nothing waits for the control plane.
//
// In the supervisor's process:
//
//	presence    enrolment, identity, boot and heartbeats
//	server      the control plane's calls
//	supervisor  transfers and what they share: places, disk, changes
//	upload      verified parts on their way to storage
//	spawn       child processes, started and followed
//
// In each child process:
//
//	child       one engine under orders
//	engine      what an engine is, and the engines
//
// Between processes:
//
//	agentapi    control plane and agent, in both directions
//	childapi    supervisor and child
//
// internal/jail keeps a child away from everything but its directory.
//
// An agent knows no database, no Temporal and no storage credentials, and it
// does not decide where a job runs.
package agent
