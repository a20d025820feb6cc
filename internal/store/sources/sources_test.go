package sources_test

import (
	"bytes"
	"testing"
	"time"

	"longhaul/internal/store/sources"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestInspections(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	c := storetest.FakeClock(b.Store)
	m := storetest.Manifest(1, 2, 3)
	storetest.OK(t, b.Sources.SaveInspection(ctx, b.User.ID, []byte("h"), storetest.Manifest(9)))
	storetest.OK(t, b.Sources.SaveInspection(ctx, b.User.ID, []byte("h"), m))
	c.Add(sources.InspectionTTL - time.Second)
	got := storetest.Must[models.Manifest](t)(b.Sources.Inspection(ctx, b.User.ID, []byte("h")))
	if got.Name != m.Name || got.Size != 6 || len(got.Files) != 3 || !bytes.Equal(got.Metainfo, m.Metainfo) {
		t.Errorf("got %+v", got)
	}
	c.Add(time.Second)
	_, err := b.Sources.Inspection(ctx, b.User.ID, []byte("h"))
	storetest.WantCode(t, err, models.CodeNotFound)
	if n := storetest.Must[int64](t)(b.W.Sources.PruneInspections(ctx, c.Now.Add(time.Second))); n != 1 {
		t.Errorf("pruned %d", n)
	}
}
