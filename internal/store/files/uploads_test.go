package files_test

import (
	"fmt"
	"sync"
	"testing"

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
