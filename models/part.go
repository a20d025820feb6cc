package models

// Sizes of parts. S3 requires MinPartSize for all but the last part of a file, and
// takes at most MaxParts of a file.
const (
	MinPartSize     = 5 << 20
	UsualPartSize   = 16 << 20 // large enough for storage to take them at full speed
	UnknownPartSize = 64 << 20 // of a file of unknown size: enough for 625 GiB
	MinCopyPartSize = 8 << 20  // of files that a worker copies, because it holds whole parts in memory
	MaxParts        = 10_000

	// fewestParts is how many parts a job of middling size has at least: when it
	// moves to another agent, what was fetched of an unfinished part is lost.
	fewestParts  = 20
	partMultiple = 1 << 20 // what engines verify at once does not cross parts
)

// PartSize returns the part size in bytes for a file of the size, in a job of the
// size of all its files: a twentieth of the job between 5 and 16 MiB, doubled until
// at most 10 000 parts are needed. Sizes may be unknown (-1). A file of at most one
// part is stored with one PutObject, without a multipart upload.
func PartSize(size, job int64) int64 {
	if size < 0 {
		return UnknownPartSize
	}
	part := int64(UsualPartSize)
	if job >= 0 {
		part = (job/fewestParts + partMultiple - 1) / partMultiple * partMultiple
	}
	return grow(min(max(part, MinPartSize), UsualPartSize), size)
}

// CopyPartSize returns the part size in bytes for a file of the size that a
// worker copies: 8 MiB, doubled until at most 10 000 parts are needed.
func CopyPartSize(size int64) int64 { return grow(MinCopyPartSize, size) }

func grow(p, size int64) int64 {
	for size > p*MaxParts {
		p *= 2
	}
	return p
}
