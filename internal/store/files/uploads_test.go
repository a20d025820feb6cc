package files_test

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"sync"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const partSize = models.MinPartSize

func TestUploadIDs(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job, p := b.Running(t, 3*partSize)
	f := p.Files[0]
	winners := make(chan string, 10)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			current, err := b.Files.SetUploadID(ctx, f.ID, fmt.Sprintf("upload-%d", i))
			if err != nil {
				t.Errorf("set: %v", err)
			}
			winners <- current
		})
	}
	wg.Wait()
	close(winners)
	first := <-winners
	for w := range winners {
		if w != first {
			t.Errorf("two uploads of one file: %s and %s", first, w)
		}
	}
	if open := storetest.Must[map[string]string](t)(b.W.Files.OpenUploads(ctx)); len(open) != 1 || open[first] != f.Key() {
		t.Errorf("open: %v", open)
	}
	storetest.OK(t, b.Transfers.SaveParts(ctx, b.Agent.ID, job.ID, p.Epoch, []models.PartReport{storetest.Part(0, 1, partSize)}))
	if old := storetest.Must[string](t)(b.Files.ResetUpload(ctx, f.ID, "")); old != "" {
		t.Errorf("the same validator dropped %s", old)
	}
	if old := storetest.Must[string](t)(b.Files.ResetUpload(ctx, f.ID, `"v2"`)); old != first {
		t.Errorf("another validator returned %q", old)
	}
	files := storetest.Must[[]models.FileParts](t)(b.W.Files.FilesToFinalize(ctx, job.ID))
	if files[0].UploadID != nil || len(files[0].Parts) != 0 || files[0].Validator != `"v2"` {
		t.Errorf("got %+v", files[0])
	}
	storetest.Must[string](t)(b.Files.SetUploadID(ctx, f.ID, "next"))
	if old := storetest.Must[string](t)(b.W.Files.ForgetUpload(ctx, f.ID)); old != "next" {
		t.Errorf("forgot %q", old)
	}
}

// The checksum of a stored file for zips is that of its parts together, and not
// known if one of them has none, as from an agent of the release before.
func TestChecksumsOfPartsAreJoined(t *testing.T) {
	t.Parallel()
	for name, known := range map[string]bool{"all": true, "not all": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, ctx := storetest.NewWorld(t), t.Context()
			job, p := b.Running(t, partSize+100, 0)
			body := bytes.Repeat([]byte("abc"), partSize)[:partSize+100]
			first, second := crc32.ChecksumIEEE(body[:partSize]), crc32.ChecksumIEEE(body[partSize:])
			parts := []models.PartReport{storetest.Part(0, 1, partSize), storetest.Part(0, 2, 100)}
			parts[0].CRC32 = models.KnownCRC32(first)
			if known {
				parts[1].CRC32 = models.KnownCRC32(second)
			}
			storetest.Must[string](t)(b.Files.SetUploadID(ctx, p.Files[0].ID, "u"))
			storetest.OK(t, b.Transfers.SaveParts(ctx, b.Agent.ID, job.ID, p.Epoch, parts))
			storetest.OK(t, b.W.Files.FileStored(ctx, p.Files[0].ID, partSize+100, "e"))
			storetest.OK(t, b.W.Files.FileStored(ctx, p.Files[1].ID, 0, "e"))
			files := storetest.Must[[]models.File](t)(b.Files.Files(ctx, job.UserID, job.ID))
			if got := files[0].CRC32; (got != nil) != known || known && *got != int64(crc32.ChecksumIEEE(body)) {
				t.Errorf("got %v", got)
			}
			if got := files[1].CRC32; got == nil || *got != 0 {
				t.Errorf("of an empty file: %v", got)
			}
			if left := storetest.Must[[]models.File](t)(b.W.Files.WithoutCRC32(ctx, uuid.Nil, 10)); (len(left) == 0) != known {
				t.Errorf("%d files are to be learned", len(left))
			}
		})
	}
}
