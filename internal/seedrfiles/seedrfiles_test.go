package seedrfiles_test

import (
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/seedrfiles"
	"longhaul/models"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	file := func(path string, size int64) models.File { return models.File{ID: uuid.New(), Path: path, Size: size} }
	for _, tc := range []struct {
		name  string
		ours  []models.File
		there []models.SeedrFile
		want  []int64 // id for each of ours; nil is a fault
	}{
		{
			"as they are",
			[]models.File{file("S/a.bin", 5), file("S/b.bin", 5)},
			[]models.SeedrFile{{ID: 2, Path: "b.bin", Size: 5}, {ID: 1, Path: "a.bin", Size: 5}},
			[]int64{1, 2},
		},
		{
			"names changed",
			[]models.File{file("S/Über [1] a.bin", 5), file("S/c.bin", 5)},
			[]models.SeedrFile{{ID: 1, Path: "über 1 a bin", Size: 5}, {ID: 2, Path: "C_BIN", Size: 5}},
			[]int64{1, 2},
		},
		{
			"same names in folders",
			[]models.File{file("S/x/a.bin", 5), file("S/y/a.bin", 5)},
			[]models.SeedrFile{{ID: 1, Path: "x/a.bin", Size: 5}, {ID: 2, Path: "y/a.bin", Size: 5}},
			[]int64{1, 2},
		},
		{"flattened", []models.File{file("S/x/a.bin", 5)}, []models.SeedrFile{{ID: 1, Path: "a.bin", Size: 5}}, []int64{1}},
		{
			"only the size is left",
			[]models.File{file("S/a.bin", 5)},
			[]models.SeedrFile{{ID: 1, Path: "???", Size: 5}, {ID: 2, Path: "other", Size: 6}},
			[]int64{1},
		},
		{
			"padding is left out",
			[]models.File{file("S/a.bin", 5)},
			[]models.SeedrFile{{ID: 1, Path: "a.bin", Size: 5}, {ID: 2, Path: ".pad/11", Size: 11}},
			[]int64{1},
		},
		{"shorter", []models.File{file("S/a.bin", 5)}, []models.SeedrFile{{ID: 1, Path: "a.bin", Size: 4}}, nil},
		{"missing", []models.File{file("S/a.bin", 5), file("S/b.bin", 6)}, []models.SeedrFile{{ID: 1, Path: "a.bin", Size: 5}}, nil},
		{"any of two", []models.File{file("S/a.bin", 5)}, []models.SeedrFile{{ID: 1, Path: "x", Size: 5}, {ID: 2, Path: "y", Size: 5}}, nil},
		{"empty files need none", []models.File{file("S/empty", 0)}, nil, []int64{0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := seedrfiles.Match(tc.ours, tc.there)
			if tc.want == nil {
				if models.AsError(err).Problem != models.ProblemLengthMismatch {
					t.Errorf("matched: %v, %v", got, err)
				}
				return
			}
			for i, f := range tc.ours {
				if err != nil || got[f.ID].ID != tc.want[i] {
					t.Errorf("%s is file %d, %v; want %d", f.Path, got[f.ID].ID, err, tc.want[i])
				}
			}
		})
	}
}

func TestManifest(t *testing.T) {
	t.Parallel()
	m, err := seedrfiles.Manifest(models.SeedrItem{Title: "Some/Thing", Files: []models.SeedrFile{
		{ID: 1, Path: "b.bin", Size: 2}, {ID: 2, Path: "../a.bin", Size: 1}, {ID: 3, Path: "a.bin", Size: 4},
	}})
	if err != nil || len(m.Files) != 3 || m.Size != 7 {
		t.Fatalf("%+v, %v", m, err)
	}
	seen := map[string]bool{}
	for i, f := range m.Files {
		if f.Index != i || seen[f.Path] || f.Path[0] == '.' || f.Path[0] == '/' {
			t.Errorf("file %d is %+v", i, f)
		}
		seen[f.Path] = true
	}
	if _, err := seedrfiles.Manifest(models.SeedrItem{Title: "x"}); models.AsError(err).Problem != models.ProblemNoFiles {
		t.Errorf("an empty item: %v", err)
	}
}
