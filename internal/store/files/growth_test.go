package files_test

import (
	"testing"

	"longhaul/internal/growthtest"
	"longhaul/internal/store/files"
	"longhaul/models"
)

// TestSelectionsCostWhatTheyWeigh measures a job of which every file is chosen
// by its index.
func TestSelectionsCostWhatTheyWeigh(t *testing.T) {
	growthtest.Linear(t, 1_000, func(n int) func() {
		var m models.Manifest
		var job models.Job
		for i := range n {
			m.Files = append(m.Files, models.ManifestFile{Index: i, Size: 1})
			job.Selection = append(job.Selection, n-1-i)
		}
		return func() {
			if files.Measure(&job, m); job.FileCount != n {
				t.Fatal(job.FileCount)
			}
		}
	})
}
