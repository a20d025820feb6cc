package delivery

import (
	"context"
	"io"

	"longhaul/models"
)

// Checksums of so many bytes and files are learned before a zip is sent: one
// that waits for more would look dead.
const (
	learnBytes = 64 << 20
	learnFiles = 500
)

// summed sums up what is written to it.
type summed struct{ models.Sums }

// Write takes bytes in.
func (s *summed) Write(p []byte) (int, error) {
	s.Sums = s.Add(p)
	return len(p), nil
}

// learnSmall learns the checksums of files that have none, if they are small and
// few enough together: the zip can then be resumed and read as a stream at once.
// What can't be read is left to the zip, which breaks off there.
func (h *deliveryHandlers) learnSmall(ctx context.Context, files []models.File) {
	var bytes, count int64
	for _, f := range files {
		if f.CRC32 == nil {
			bytes, count = bytes+f.Size, count+1
		}
	}
	if bytes > learnBytes || count > learnFiles {
		return
	}
	for i, f := range files {
		if f.CRC32 != nil {
			continue
		}
		body := &objectReader{ctx: ctx, objects: h.objects, key: f.Key(), etag: f.ETag, size: f.Size}
		sums := &summed{}
		n, err := io.Copy(sums, body)
		body.close()
		if err != nil || n != f.Size || f.Damaged(sums.Sums) {
			return
		}
		if h.store.SaveCRC32(ctx, f.ID, f.ETag, sums.CRC32) != nil {
			return
		}
		files[i].CRC32 = models.KnownCRC32(sums.CRC32)
	}
}
