package httpengine

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/agent/engine"
)

const sixMiB = 6 << 20

// breakingAfter ends each body after so many bytes.
func breakingAfter(n int, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { next(&breaker{w, n + 1}, r) }
}

// mirrors is a redirector whose every request goes to another mirror with a version
// of its own.
func mirrors(content []byte, version func(mirror string, n int64) string) http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		mirror, ok := strings.CutPrefix(r.URL.Path, "/mirror/")
		if !ok {
			http.Redirect(w, r, fmt.Sprintf("/mirror/%d/f.bin", n.Add(1)), http.StatusFound)
			return
		}
		ranged(content, version(mirror, n.Add(1)))(w, r)
	}
}

// tagged serves the content by a new ETag for each request.
func tagged(content []byte, format string) http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) { ranged(content, fmt.Sprintf(format, n.Add(1)))(w, r) }
}

// alternating has two versions by turns, as two servers behind one name have.
func alternating(content []byte) http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		ranged(content, fmt.Sprintf(`"node-%d"`, n.Add(1)%2))(w, r)
	}
}

// dated has a date for each request.
func dated(content []byte) http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Unix(1e9+60*n.Add(1), 0), bytes.NewReader(content))
	}
}

// forRanges has one ETag for all of the content and another one for ranges of it.
func forRanges(content []byte, whole, part string) http.HandlerFunc {
	return ignoring(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") == "" {
			ranged(content, whole)(w, r)
			return
		}
		ranged(content, part)(w, r)
	})
}

// onIfRange answers a range that depends on a version with the status.
func onIfRange(content []byte, status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("If-Range") == "":
		case status == http.StatusOK:
			r.Header.Del("Range")
		default:
			w.WriteHeader(status)
			return
		}
		ranged(content, etag)(w, r)
	}
}

// ignoring is a server that does not know If-Range.
func ignoring(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("If-Range")
		next(w, r)
	}
}

// Where the bytes are the same, the name of their version does not matter, and
// neither does a line that breaks.
func TestVersionsAndBreaks(t *testing.T) {
	content := noise(31, 20<<20+3)
	own := func(mirror string, _ int64) string { return fmt.Sprintf("%q", mirror) }
	cases := map[string]struct {
		handler http.HandlerFunc
		cannot  []string // programs that cannot
	}{
		"no version, breaks":            {handler: breakingAfter(sixMiB, ranged(content, ""))},
		"a weak ETag, breaks":           {handler: breakingAfter(sixMiB, ranged(content, `W/"v1"`))},
		"a weak ETag each time, breaks": {handler: breakingAfter(sixMiB, tagged(content, `W/"v%d"`))},
		"a date, breaks": {handler: breakingAfter(sixMiB, func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "", time.Unix(1e9, 0), bytes.NewReader(content))
		})},
		"an ETag, breaks":                    {handler: breakingAfter(sixMiB, ranged(content, etag))},
		"no version, breaks more often":      {handler: breakingAfter(300<<10, ranged(content[:5<<20], "")), cannot: []string{"curl", "wget", "aria2c"}},
		"mirrors":                            {handler: mirrors(content, own)},
		"mirrors that do not know If-Range":  {handler: ignoring(mirrors(content, own))},
		"mirrors, breaks":                    {handler: breakingAfter(sixMiB, mirrors(content, own))},
		"mirrors without versions":           {handler: mirrors(content, func(string, int64) string { return "" })},
		"an ETag for each request":           {handler: tagged(content, `"v%d"`)},
		"an ETag for each, no If-Range":      {handler: ignoring(tagged(content, `"v%d"`))},
		"an ETag for each request, breaks":   {handler: breakingAfter(sixMiB, tagged(content, `"v%d"`))},
		"an ETag for each, no I.-R., breaks": {handler: ignoring(breakingAfter(sixMiB, tagged(content, `"v%d"`)))},
		"a date for each request":            {handler: dated(content)},
		"a date for each request, breaks":    {handler: breakingAfter(sixMiB, dated(content))},
		"an ETag without quotes, breaks":     {handler: breakingAfter(sixMiB, ranged(content, "v1"))},
		"an ETag of nothing, breaks":         {handler: breakingAfter(sixMiB, ranged(content, `""`))},
		"another ETag for ranges":            {handler: forRanges(content, `"v1"`, `"v1-part"`)},
		"another ETag for ranges, breaks":    {handler: breakingAfter(sixMiB, forRanges(content, `"v1"`, `"v1-part"`))},
		"an ETag for the whole alone":        {handler: breakingAfter(sixMiB, forRanges(content, `"v1"`, ""))},
		"an ETag for ranges alone":           {handler: breakingAfter(sixMiB, forRanges(content, "", `"v1"`))},
		"all of it to each If-Range":         {handler: onIfRange(content, http.StatusOK)},
		"412 to each If-Range":               {handler: onIfRange(content, http.StatusPreconditionFailed)},
		"400 to each If-Range, breaks":       {handler: breakingAfter(sixMiB, onIfRange(content, http.StatusBadRequest))},
		"two servers behind one name":        {handler: alternating(content)},
		"two servers behind one, breaks":     {handler: breakingAfter(sixMiB, alternating(content))},
		"mirrors with an ETag for each request": {handler: mirrors(content, func(_ string, n int64) string {
			return fmt.Sprintf(`"%d"`, n)
		})},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, tc.handler)
			want := content
			if strings.HasSuffix(name, "more often") {
				want = content[:5<<20]
			}
			got, err := fetched(t, engine.Source{URL: s.URL + "/f.bin"})
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("other bytes than the source: %d for %d", len(got), len(want))
			}
			p := newPlace(t, -1)
			if err := p.download(t.Context(), t, s.URL+"/f.bin", engine.Options{}); err != nil {
				t.Fatalf("without a resolve before: %v", err)
			}
			if !bytes.Equal(p.content(t), want) {
				t.Error("without a resolve before: other bytes than the source")
			}
			compareWithPrograms(t, s.URL+"/f.bin", want, false, tc.cannot...)
		})
	}
}

// A run stays with the mirror that it was led to, and asks for another one where
// that has nothing more for it.
func TestARunStaysWithItsMirror(t *testing.T) {
	content := noise(36, 6<<20)
	for name, serves := range map[string]int64{"that lasts": 1 << 40, "that expires": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var led, asked atomic.Int64
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/f.bin" {
					http.Redirect(w, r, fmt.Sprintf("/mirror/%d/f.bin", led.Add(1)), http.StatusFound)
					return
				}
				if strings.HasPrefix(r.URL.Path, "/mirror/1/") && asked.Add(1) > serves {
					w.WriteHeader(http.StatusForbidden)
					return
				}
				ranged(content, etag)(w, r)
			})
			p := newPlace(t, int64(len(content)))
			if err := p.download(t.Context(), t, s.URL+"/f.bin", engine.Options{}); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(p.content(t), content) {
				t.Error("other bytes than the source")
			}
			if n := led.Load(); (serves > 4) != (n == 1) {
				t.Errorf("the redirector was asked %d times", n)
			}
		})
	}
}

// A source that changes while its bytes come ends as one of its versions or as a
// fault, and never as a mixture.
func TestAChangeIsNeverMixed(t *testing.T) {
	old, changed := noise(32, 14<<20), noise(33, 14<<20)
	almost := bytes.Clone(old)
	almost[100]++ // where no comparison of the last bytes finds it
	almost[len(almost)-100]++
	cases := map[string]struct {
		before, after []byte
		format        string
		date          bool
	}{
		"no version":                    {old, changed, "", false},
		"a weak ETag":                   {old, changed, `W/"v%d"`, false},
		"a weak ETag and one byte":      {old, almost, `W/"v%d"`, false},
		"an ETag":                       {old, changed, `"v%d"`, false},
		"an ETag and one byte":          {old, almost, `"v%d"`, false},
		"a date":                        {old, changed, "", true},
		"a date and one byte":           {old, almost, "", true},
		"no version and another length": {old, changed[:13<<20], "", false},
		"an ETag and another length":    {old, changed[:13<<20], `"v%d"`, false},
	}
	for name, tc := range cases {
		for _, requests := range []int64{1, 2, 3} {
			t.Run(fmt.Sprintf("%s after %d", name, requests), func(t *testing.T) {
				t.Parallel()
				var n atomic.Int64
				s := serve(t, breakingAfter(sixMiB, func(w http.ResponseWriter, r *http.Request) {
					version, content := 1, tc.before
					if n.Add(1) > requests {
						version, content = 2, tc.after
					}
					if tc.format != "" {
						w.Header().Set("ETag", fmt.Sprintf(tc.format, version))
					}
					date := time.Time{}
					if tc.date {
						date = time.Unix(1e9+int64(version)*60, 0)
					}
					http.ServeContent(w, r, "", date, bytes.NewReader(content))
				}))
				p := newPlace(t, -1)
				err := p.download(t.Context(), t, s.URL+"/f.bin", engine.Options{})
				if err != nil {
					if problem(err) == "" {
						t.Fatal(err)
					}
					t.Log(err)
					return
				}
				if got := p.content(t); !bytes.Equal(got, tc.before) && !bytes.Equal(got, tc.after) {
					t.Error("a mixture")
				}
			})
		}
	}
}

// A line that brings nothing new comes to an end.
func TestNoProgressEnds(t *testing.T) {
	content := noise(34, 8<<20)
	for name, h := range map[string]http.HandlerFunc{
		"breaks at the same place, no ranges": breakingAfter(3<<20, whole(content)),
		"breaks before it says anything new":  breakingAfter(1<<10, ranged(content, "")),
		"of unknown length": breakingAfter(3<<20, func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(content); i += block {
				_, _ = w.Write(content[i : i+block])
			}
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, h)
			p := newPlace(t, -1)
			err := p.download(t.Context(), t, s.URL+"/f.bin", engine.Options{})
			if problem(err) == "" {
				t.Errorf("got %v", err)
			}
			if n := s.requests.Load(); n > 60 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// Each try gets farther, so that a server without ranges brings the file in the end.
func TestStartingOverGetsFarther(t *testing.T) {
	content := noise(35, 8<<20)
	var n atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		breakingAfter(int(n.Add(1))<<20, whole(content))(w, r)
	})
	p := newPlace(t, int64(len(content)))
	if err := p.download(t.Context(), t, s.URL+"/f.bin", engine.Options{}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(p.content(t), content) {
		t.Error("other bytes than the source")
	}
}
