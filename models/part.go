package models

// MinPartSize is the size of a part unless the file would need more than
// MaxParts; S3 requires at least 5 MiB for all but the last. MinCopyPartSize is
// the same for files that a worker copies, because it holds whole parts in
// memory.
const (
	MinPartSize     = 16 << 20
	MinCopyPartSize = MinPartSize / 2
	MaxParts        = 10_000
)

// PartSize returns the part size in bytes for a file of the size: 16 MiB,
// doubled until at most 10 000 parts are needed. A file of unknown size (-1)
// gets parts of 64 MiB, enough for 625 GiB. A file of at most one part is
// stored with one PutObject, without a multipart upload.
func PartSize(size int64) int64 {
	if size < 0 {
		return 4 * MinPartSize
	}
	return grow(MinPartSize, size)
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
