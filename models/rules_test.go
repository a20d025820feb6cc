package models_test

import (
	"fmt"
	"strings"
	"testing"

	"longhaul/models"
)

func TestFileFilterChooses(t *testing.T) {
	t.Parallel()
	files := []models.ManifestFile{
		{Index: 0, Path: "Film/Film.mkv", Size: 900},
		{Index: 1, Path: "Film/Sample/x.mkv", Size: 50},
		{Index: 2, Path: "Film/film-sample.mkv", Size: 60},
		{Index: 3, Path: "Film/Info.NFO", Size: 1},
		{Index: 4, Path: "Film/unknown.bin", Size: -1},
		{Index: 5, Path: "Film/Sampler track.mp3", Size: 70},
	}
	for _, c := range []struct {
		filter models.FileRules
		want   string
		all    bool
	}{
		{models.FileRules{}, "[]", false},
		{models.FileRules{SkipSamples: true}, "[0 3 4 5]", false},
		{models.FileRules{MinSize: 60}, "[0 2 4 5]", false},
		{models.FileRules{Extensions: []string{"nfo", "bin"}}, "[0 1 2 5]", false},
		{models.FileRules{MinSize: 1000, Extensions: []string{"bin"}}, "[]", true},
		{models.FileRules{Extensions: []string{"iso"}}, "[]", false},
	} {
		got, all := c.filter.Choose(files)
		if fmt.Sprint(got) != c.want || all != c.all {
			t.Errorf("%+v chooses %v, all %v; want %s, %v", c.filter, got, all, c.want, c.all)
		}
	}
}

func TestFileFilterIsChecked(t *testing.T) {
	t.Parallel()
	got, err := models.FileRules{Extensions: []string{" .NFO", "*.txt", "nfo"}}.Checked()
	if err != nil || fmt.Sprint(got.Extensions) != "[nfo txt]" {
		t.Errorf("%v, %v", got.Extensions, err)
	}
	many := make([]string, models.MaxExtensions+1)
	for i := range many {
		many[i] = fmt.Sprint("x", i)
	}
	for _, f := range []models.FileRules{
		{MinSize: -1}, {Extensions: []string{""}}, {Extensions: []string{"a/b"}}, {Extensions: []string{strings.Repeat("x", 21)}}, {Extensions: many},
	} {
		if _, err := f.Checked(); models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("%+v is taken: %v", f, err)
		}
	}
}
