package httpengine

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"longhaul/agent/engine"
	"longhaul/internal/growthtest"
	"longhaul/models"
)

// TestBytesBeforeType is about what is a file and what is a page.
func TestBytesBeforeType(t *testing.T) {
	matroska := append([]byte{0x1a, 0x45, 0xdf, 0xa3, 0x93, 0x42, 0x82, 0x88}, append([]byte("matroska"), noise(51, 1<<20)...)...)
	page := strings.Repeat("<p>Sign in to go on.</p>\n", 100)
	const html = "text/html; charset=utf-8"
	cases := map[string]struct {
		path, kind, disposition string
		body                    string
		keep                    bool
		want                    models.Problem
	}{
		"a film":                       {path: "/film.mkv", kind: html, body: string(matroska)},
		"a film by a program":          {path: "/download.php", kind: html, body: string(matroska)},
		"an archive without a type":    {path: "/get", kind: "", body: "PK\x03\x04" + string(noise(52, 1000))},
		"a table from a program":       {path: "/export.php", kind: html, body: "id;name\n1;Ä <b>\n"},
		"subtitles":                    {path: "/a.srt", kind: html, body: "1\n00:00:01,000 --> 00:00:02,000\nHello\n"},
		"a drawing with a comment":     {path: "/logo.svg", kind: html, body: "<!-- made by hand -->\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>"},
		"subtitles that are bold":      {path: "/a.srt", kind: html, body: "<b>Hello</b>\n"},
		"a page instead of subtitles":  {path: "/a.srt", kind: html, body: string(signIn), want: models.ProblemNotAFile},
		"a page at a program":          {path: "/download.php", kind: html, body: string(signIn), want: models.ProblemNotAFile},
		"a page at a bare address":     {path: "/", kind: html, body: string(signIn), want: models.ProblemNotAFile},
		"a page at an address":         {path: "/s/Ab3dEf", kind: html, body: string(signIn), want: models.ProblemNotAFile},
		"a page instead of a film":     {path: "/film.mkv", kind: html, body: string(signIn), want: models.ProblemNotAFile},
		"words instead of a film":      {path: "/film.mkv", kind: html, body: "Too many downloads from your address.", want: models.ProblemNotAFile},
		"XHTML":                        {path: "/x", kind: "application/xhtml+xml", body: `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"></html>`, want: models.ProblemNotAFile},
		"a mark and a comment":         {path: "/x", kind: html, body: "\xef\xbb\xbf  <!-- cached --><html><body>" + page, want: models.ProblemNotAFile},
		"a page without a head":        {path: "/x", kind: html, body: page, want: models.ProblemNotAFile},
		"words before the page":        {path: "/x", kind: html, body: "Warning: mysql is away\n" + string(signIn), want: models.ProblemNotAFile},
		"no type":                      {path: "/x", kind: "", body: string(signIn), want: models.ProblemNotAFile},
		"a page called a film":         {path: "/film.mkv", kind: "video/x-matroska", body: string(signIn), want: models.ProblemNotAFile},
		"a page called bytes":          {path: "/film.zip", kind: "application/octet-stream", body: string(signIn), want: models.ProblemNotAFile},
		"a film of unknown name":       {path: "/film.dat", kind: "application/octet-stream", body: string(signIn)},
		"a page that is asked for":     {path: "/manual.html", kind: html, body: string(signIn)},
		"a page in capitals":           {path: "/MANUAL.HTM", kind: html, body: string(signIn)},
		"an attached page":             {path: "/x", kind: html, disposition: `Attachment; filename=a b.html`, body: string(signIn)},
		"a page by another type":       {path: "/page.txt", kind: "text/plain", body: string(signIn)},
		"a page that is to be kept":    {path: "/download.php", kind: html, body: string(signIn), keep: true},
		"a page instead, to be kept":   {path: "/film.mkv", kind: html, body: string(signIn), keep: true},
		"an empty file called a page":  {path: "/x", kind: html, body: ""},
		"a page that is encoded twice": {path: "/x.zip", kind: html, body: string(signIn), want: models.ProblemNotAFile},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := []byte(tc.body)
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Content-Type"] = nil
				if tc.kind != "" {
					w.Header().Set("Content-Type", tc.kind)
				}
				if tc.disposition != "" {
					w.Header().Set("Content-Disposition", tc.disposition)
				}
				if strings.Contains(name, "encoded") {
					whole(encode(t, body, codingGzip), "Content-Encoding", "gzip")(w, r)
					return
				}
				ranged(body, etag)(w, r)
			})
			src := engine.Source{URL: s.URL + tc.path, KeepPage: tc.keep}
			got, err := fetched(t, src)
			if problem(err) != tc.want {
				t.Fatalf("got %v", err)
			}
			if err == nil && !bytes.Equal(got, body) {
				t.Error("other bytes than the source")
			}
			p := newPlace(t, -1)
			if err := p.fetch(t.Context(), t, testEngine(), src, engine.Options{}); problem(err) != tc.want {
				t.Errorf("without a resolve before: %v", err)
			}
			if tc.want == "" {
				compareWithPrograms(t, s.URL+tc.path, body, false)
			}
		})
	}
}

func TestTellingAPageTakesLinearTime(t *testing.T) {
	u := httptest.NewRequest(http.MethodGet, "http://host/x", nil).URL
	growthtest.Linear(t, 64<<10, func(n int) func() {
		start := []byte(strings.Repeat("<!d", n))
		return func() { isPage(start, u) }
	})
}
