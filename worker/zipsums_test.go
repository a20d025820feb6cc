package worker_test

import (
	"hash/crc32"
	"testing"

	"go.temporal.io/sdk/client"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// Files that were stored without the checksum that zips need get it from the
// schedule, whenever it runs, and the metric counts them.
func TestChecksumsAreLearnedBySchedule(t *testing.T) {
	s := newSystem(t, options{})
	s.agent(s.works)
	job := s.known()
	s.until(job.ID, models.StateReady)
	if f := s.onlyFile(job); f.CRC32 != nil {
		t.Fatal("the checksum is known although no part was reported with one")
	}
	handle := s.temporal.ScheduleClient().GetHandle(t.Context(), "sys-learn-checksums")
	s.eventually(func() string {
		if err := handle.Trigger(t.Context(), client.ScheduleTriggerOptions{}); err != nil {
			return err.Error() // the worker has not made it yet
		}
		return ""
	})
	s.eventually(func() string {
		f := s.onlyFile(job)
		if f.CRC32 == nil {
			return "the checksum is not known"
		}
		if want := int64(crc32.ChecksumIEEE(s.content)); *f.CRC32 != want {
			t.Fatalf("the checksum is %08x, want %08x", *f.CRC32, want)
		}
		return ""
	})
}

func (s *system) onlyFile(job models.Job) models.File {
	s.t.Helper()
	files := storetest.Must[[]models.File](s.t)(s.store.Files.Files(s.t.Context(), s.user.ID, job.ID))
	if len(files) != 1 {
		s.t.Fatalf("%d files", len(files))
	}
	return files[0]
}
