package subtitle

import "testing"

// Names say the language, and for whom the subtitles are.
func TestNamesSayWhatTheSubtitlesAre(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file string
		want Words
	}{
		{"film.srt", Words{}},
		{"film.en.srt", Words{Language: "en"}},
		{"film.en.forced.srt", Words{Language: "en", Forced: true}},
		{"film.pt-BR.srt", Words{Language: "pt-BR"}},
		{"film.pt_BR.srt", Words{Language: "pt-BR"}},
		{"film.eng.sdh.srt", Words{Language: "en", Impaired: true}},
		{"film.en.hi.srt", Words{Language: "en", Impaired: true}},
		{"film.hi.srt", Words{Language: "hi"}},
		{"film.en-forced.srt", Words{Language: "en", Forced: true}},
		{"film.en-cc.vtt", Words{Language: "en", Impaired: true}},
		{"film.ger.ass", Words{Language: "de"}},
		{"film.zh-Hans.srt", Words{Language: "zh-Hans"}},
		{"film.cht.srt", Words{Language: "zh-Hant"}},
		{"film.Brazilian Portuguese.srt", Words{Language: "pt-BR"}},
		{"film.es-419.srt", Words{Language: "es-419"}},
		{"film.Español.srt", Words{Language: "es"}},
		{"film.en.Director's commentary.srt", Words{Language: "en", Title: "Director's commentary"}},
		{"film [en] (SDH).srt", Words{Language: "en", Impaired: true}},
		{"FILM.EN.SRT", Words{Language: "en"}},
		{"film.the.srt", Words{Title: "the"}},
		{"film.x264-GROUP.srt", Words{Title: "x264-GROUP"}},
		{"2_English.srt", Words{Language: "en"}},
		{"3_French.forced.srt", Words{Language: "fr", Forced: true}},
		{"it is about to end.srt", Words{}},
		{"中文.srt", Words{Language: "zh"}},
	} {
		got, ok := NewFilms([]string{"film.mkv"}).Beside("film.mkv", c.file)
		if !ok || got != c.want {
			t.Errorf("%s: %+v %v, want %+v", c.file, got, ok, c.want)
		}
	}
}

// Subtitles belong to the film whose name they have, and to an only film.
func TestFilesBesideAFilm(t *testing.T) {
	t.Parallel()
	season := []string{"Show/S01E01.mkv", "Show/S01E02.mkv", "Show/S01E01 Part 2.mkv", "Show/S01E010.mkv", "Other/S01E01.mkv"}
	for _, c := range []struct {
		films []string
		film  string
		file  string
		want  bool
	}{
		{season, season[0], "Show/S01E01.srt", true},
		{season, season[0], "Show/s01e01.EN.srt", true},
		{season, season[0], "Show/Subs/S01E01.en.srt", true},
		{season, season[0], "Show/Subs/S01E01/2_English.srt", true},
		{season, season[0], "Show/Subtitles/S01E01/3_ger.srt", true},
		{season, season[0], "Show/S01E02.srt", false},
		{season, season[0], "Show/S01E010.srt", false},
		{season, season[3], "Show/S01E010.srt", true},
		{season, season[0], "Show/S01E01 Part 2.srt", false},
		{season, season[0], "Show/S01E01 Part 2.en.srt", false},
		{season, season[2], "Show/S01E01 Part 2.en.srt", true},
		{season, season[0], "Other/S01E01.srt", false},
		{season, season[4], "Other/S01E01.srt", true},
		{season, season[0], "Show/Extras/S01E01.srt", false},
		{season, season[0], "Show/Subs/S01E02/2_English.srt", false},
		{season, season[0], "Show/S01E01.txt", false},
		{season, season[0], "Show/S01E01.sub", false},
		{[]string{"a/film.mkv"}, "a/film.mkv", "elsewhere/anything.en.srt", true},
		{[]string{"a/film.mkv", "a/Sample/film-sample.mkv"}, "a/film.mkv", "Subs/2_English.srt", true},
		{[]string{"a/film.mkv", "a/Sample/film-sample.mkv"}, "a/Sample/film-sample.mkv", "Subs/2_English.srt", false},
		{[]string{"film.mkv", "bonus.mkv"}, "film.mkv", "film.de.srt", true},
		{[]string{"film.mkv", "bonus.mkv"}, "film.mkv", "Subs/film.de.srt", true},
		{[]string{"film.mkv", "bonus.mkv"}, "film.mkv", "Subs/film/de.srt", true},
		{[]string{"film.mkv", "bonus.mkv"}, "film.mkv", "other.srt", false},
	} {
		if _, got := NewFilms(c.films).Beside(c.film, c.file); got != c.want {
			t.Errorf("%s beside %s: %v", c.file, c.film, got)
		}
	}
}
