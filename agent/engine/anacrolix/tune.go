package anacrolix

import "runtime/debug"

// gcPercent lets the heap grow to five times what is in use: the engine makes
// much short-lived garbage beside few live bytes.
const gcPercent = 400

// TuneProcess sets the garbage collector up for a process that does nothing
// but run one engine, within memory bytes in all; 0 is no limit.
func TuneProcess(memory int64) {
	debug.SetGCPercent(gcPercent)
	if memory > 0 {
		debug.SetMemoryLimit(memory)
	}
}
