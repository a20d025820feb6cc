package store_test

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
	b, ctx := setup(t), t.Context()
	c := b.fakeClock()
	m := storetest.Manifest(1, 2, 3)
	ok(t, b.SaveInspection(ctx, b.user.ID, []byte("h"), storetest.Manifest(9)))
	ok(t, b.SaveInspection(ctx, b.user.ID, []byte("h"), m))
	c.add(sources.InspectionTTL - time.Second)
	got := must[models.Manifest](t)(b.Inspection(ctx, b.user.ID, []byte("h")))
	if got.Name != m.Name || got.Size != 6 || len(got.Files) != 3 || !bytes.Equal(got.Metainfo, m.Metainfo) {
		t.Errorf("got %+v", got)
	}
	c.add(time.Second)
	_, err := b.Inspection(ctx, b.user.ID, []byte("h"))
	wantCode(t, err, models.CodeNotFound)
	if n := must[int64](t)(b.w.PruneInspections(ctx, c.now.Add(time.Second))); n != 1 {
		t.Errorf("pruned %d", n)
	}
}
