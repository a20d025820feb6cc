package library_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// However often a user makes and revokes zips, what is kept of them has a limit.
func TestZipsOfAUserHaveALimit(t *testing.T) {
	t.Parallel()
	b := storetest.NewWorld(t)
	ready(t, b, "a.mkv", "a.mkv")
	_, file := find(t, b, "a.mkv")
	picked := models.Picked{Files: []uuid.UUID{file.ID}}
	pack := func() error {
		_, err := b.Library.Pack(t.Context(), b.User.ID, picked, b.DB.Now().Add(time.Hour))
		return err
	}
	count := func(which string) (n int) {
		t.Helper()
		storetest.OK(t, b.DB.Row(t.Context(), &n, "count", `select count(*) from selections where user_id = ? and `+which, b.User.ID))
		return n
	}
	fill := func(from, to int) { // that end so many minutes from now
		t.Helper()
		_, err := b.DB.Exec(t.Context(), "fill", `
			insert into selections (id, user_id, name, files, names, created_at, expires_at)
			select gen_random_uuid(), ?, n::text, array[?::uuid], array['a.mkv'], cast(? as timestamptz) - interval '1 day', cast(? as timestamptz) + make_interval(mins => n)
			from generate_series(?::int, ?::int) n`, b.User.ID, file.ID, b.DB.Now(), b.DB.Now(), from, to)
		storetest.OK(t, err)
	}

	fill(-150, -1)
	storetest.OK(t, pack())
	if n, last := count(`name like '-%'`), count(`name = '-1' or name = '-100'`); n != 100 || last != 2 {
		t.Errorf("%d that ended are kept, %d of the first and the last of the newest 100", n, last)
	}
	fill(1, 499)
	if err := pack(); models.CodeOf(err) != models.CodeConflict {
		t.Errorf("501 that work: %v", err)
	}
	storetest.OK(t, b.Library.RevokeSelections(t.Context(), b.User.ID))
	storetest.OK(t, pack())
	if n := count(`true`); n != 101 {
		t.Errorf("%d are kept", n)
	}
}
