package seedrfiles_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/growthtest"
	"longhaul/internal/seedrfiles"
	"longhaul/models"
)

// TestNamesOnSeedrCostWhatTheyWeigh lists and matches files whose sizes and
// names are all alike.
func TestNamesOnSeedrCostWhatTheyWeigh(t *testing.T) {
	growthtest.Linear(t, 500, func(n int) func() {
		item := models.SeedrItem{Title: "x"}
		for i := range n {
			item.Files = append(item.Files, models.SeedrFile{ID: int64(i), Path: "a", Size: 5})
		}
		return func() {
			if m, err := seedrfiles.Manifest(item); err != nil || len(m.Files) != n {
				t.Fatal(len(m.Files), err)
			}
		}
	})
	for name, path := range map[string]func(i int) string{
		"different names": func(i int) string { return fmt.Sprintf("x/%d", i) },
		"one name":        func(int) string { return "a" },
	} {
		growthtest.Linear(t, 250, func(n int) func() {
			var ours []models.File
			var there []models.SeedrFile
			for i := range n {
				ours = append(ours, models.File{ID: uuid.New(), Path: "S/" + path(i), Size: 5})
				there = append(there, models.SeedrFile{ID: int64(i), Path: strings.ToUpper(path(n - i - 1)), Size: 5})
			}
			return func() {
				if _, err := seedrfiles.Match(ours, there); (err == nil) != (name == "different names") {
					t.Fatal(err)
				}
			}
		})
	}
}
