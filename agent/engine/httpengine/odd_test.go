package httpengine

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"longhaul/agent/engine"
	"longhaul/internal/byterange"
)

// asked reads what of n bytes a request asks for; ok is false for a plain one.
func asked(r *http.Request, n int) (rng byterange.Range, ok bool) {
	spec, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes=")
	if !ok {
		return byterange.Between(0, int64(n)), false
	}
	from, to, _ := strings.Cut(spec, "-")
	a, _ := strconv.ParseInt(from, 10, 64)
	b, err := strconv.ParseInt(to, 10, 64)
	if err != nil {
		b = int64(n) - 1
	}
	return byterange.Between(a, min(b+1, int64(n))), true
}

// oddly answers plain requests well and those with a range by the function.
func oddly(content []byte, answer func(w http.ResponseWriter, rng byterange.Range)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rng, ok := asked(r, len(content))
		w.Header().Set("ETag", etag)
		w.Header().Set("Accept-Ranges", "bytes")
		w.Header().Set("Content-Type", "application/octet-stream")
		if !ok {
			w.Header().Set("Content-Length", strconv.Itoa(len(content)))
			_, _ = w.Write(content)
			return
		}
		answer(w, rng)
	}
}

// partWith answers ranges with the right bytes and another Content-Range.
func partWith(content []byte, header func(rng byterange.Range) string) http.HandlerFunc {
	return oddly(content, func(w http.ResponseWriter, rng byterange.Range) {
		if h := header(rng); h != "" {
			w.Header().Set("Content-Range", h)
		}
		w.Header().Set("Content-Length", strconv.FormatInt(rng.Len, 10))
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(content[rng.Off:rng.End()])
	})
}

// A server whose answers to ranges are odd is one that has none.
func TestOddAnswersToRanges(t *testing.T) {
	content := noise(21, 3<<20+5)
	n := len(content)
	refusing := func(content []byte, status int) http.HandlerFunc {
		return oddly(content, func(w http.ResponseWriter, _ byterange.Range) {
			w.Header().Del("ETag")
			w.WriteHeader(status)
		})
	}
	first := func(from, to, size int) http.HandlerFunc {
		return partWith(content, func(r byterange.Range) string {
			return fmt.Sprintf("bytes %d-%d/%d", r.Off+int64(from), r.End()-1+int64(to), n+size)
		})
	}
	cases := map[string]struct {
		handler http.HandlerFunc
		want    []byte
	}{
		"416 to ranges of an empty file":          {refusing(nil, 416), nil},
		"416 to ranges of a file":                 {refusing(content, 416), content},
		"403 to ranges":                           {refusing(content, 403), content},
		"400 to ranges":                           {refusing(content, 400), content},
		"404 to ranges":                           {refusing(content, 404), content},
		"405 to ranges":                           {refusing(content, 405), content},
		"500 to ranges":                           {refusing(content, 500), content},
		"501 to ranges":                           {refusing(content, 501), content},
		"503 to ranges":                           {refusing(content, 503), content},
		"500 to ranges of an empty file":          {refusing(nil, 500), nil},
		"an equals sign":                          {partWith(content, func(r byterange.Range) string { return fmt.Sprintf("bytes=%d-%d/%d", r.Off, r.End()-1, n) }), content},
		"a colon":                                 {partWith(content, func(r byterange.Range) string { return fmt.Sprintf("bytes: %d-%d/%d", r.Off, r.End()-1, n) }), content},
		"no unit":                                 {partWith(content, func(r byterange.Range) string { return fmt.Sprintf("%d-%d/%d", r.Off, r.End()-1, n) }), content},
		"no size":                                 {partWith(content, func(r byterange.Range) string { return fmt.Sprintf("bytes %d-%d", r.Off, r.End()-1) }), content},
		"a star for the size":                     {partWith(content, func(r byterange.Range) string { return fmt.Sprintf("bytes %d-%d/*", r.Off, r.End()-1) }), content},
		"other letter case":                       {partWith(content, func(r byterange.Range) string { return fmt.Sprintf("Bytes %d-%d/%d", r.Off, r.End()-1, n) }), content},
		"no Content-Range":                        {partWith(content, func(byterange.Range) string { return "" }), content},
		"an end that is one too high":             {first(0, 1, 0), content},
		"an end that is one too low":              {first(0, -1, 0), content},
		"a start that is one too high":            {first(1, 0, 0), content},
		"a size that is one too high":             {first(0, 0, 1), content},
		"a size that is one too low":              {first(0, 0, -1), content},
		"the size of the range as that of a file": {partWith(content, func(r byterange.Range) string { return fmt.Sprintf("bytes %d-%d/%d", r.Off, r.End()-1, r.Len) }), content},
		"the end is ignored": {oddly(content, func(w http.ResponseWriter, rng byterange.Range) {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", rng.Off, n-1, n))
			w.Header().Set("Content-Length", strconv.FormatInt(int64(n)-rng.Off, 10))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(content[rng.Off:])
		}), content},
		"all of it, called a range": {oddly(content, func(w http.ResponseWriter, _ byterange.Range) {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes 0-%d/%d", n-1, n))
			w.Header().Set("Content-Length", strconv.Itoa(n))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(content)
		}), content},
		"206 to everything": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(n))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(content)
		}, content},
		"a range as 200": {oddly(content, func(w http.ResponseWriter, rng byterange.Range) {
			w.Header().Set("Content-Length", strconv.FormatInt(rng.Len, 10))
			_, _ = w.Write(content[rng.Off:rng.End()])
		}), content},
		"a range as 200 with Content-Range": {oddly(content, func(w http.ResponseWriter, rng byterange.Range) {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", rng.Off, rng.End()-1, n))
			_, _ = w.Write(content[rng.Off:rng.End()])
		}), content},
		"no answer to ranges": {oddly(content, func(http.ResponseWriter, byterange.Range) {
			panic(http.ErrAbortHandler)
		}), content},
		"ranges that lack a byte": {oddly(content, func(w http.ResponseWriter, rng byterange.Range) {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", rng.Off, rng.End()-1, n))
			w.WriteHeader(http.StatusPartialContent)
			_ = http.NewResponseController(w).Flush()
			_, _ = w.Write(content[rng.Off : rng.End()-1])
		}), content},
		"all as a range that is one too long": {calledPart(content, fmt.Sprintf("bytes 0-%d/%d", n, n)), content},
		"all as a range with an equals sign":  {calledPart(content, fmt.Sprintf("bytes=0-%d/%d", n-1, n)), content},
		"all as a range of a byte":            {calledPart(content, fmt.Sprintf("bytes 0-0/%d", n)), content},
		"all as a range of unknown size":      {calledPart(content, fmt.Sprintf("bytes 0-%d/*", n-1)), content},
		"a page to ranges":                    {oddly(content, func(w http.ResponseWriter, _ byterange.Range) { page(w) }), content},
		"a redirect to a page for ranges":     {ledAway(content, "/sign-in"), content},
		"a redirect to an address of ours":    {ledAway(content, "http://10.0.0.1/x"), content},
		"429 to ranges":                       {refusing(content, 429), content},
		"204 to ranges":                       {refusing(content, 204), content},
		"304 to ranges":                       {refusing(content, 304), content},
		"412 to ranges":                       {refusing(content, 412), content},
		"203 to everything":                   {called(content, 203), content},
		"201 to everything":                   {called(content, 201), content},
		"a status of its own to everything":   {called(content, 299), content},
		"several ranges for one": {oddly(content, func(w http.ResponseWriter, rng byterange.Range) {
			w.Header().Set("Content-Type", "multipart/byteranges; boundary=x")
			w.WriteHeader(http.StatusPartialContent)
			fmt.Fprintf(w, "--x\r\nContent-Range: bytes %d-%d/%d\r\n\r\n%s\r\n--x--\r\n", rng.Off, rng.End()-1, n, content[rng.Off:rng.End()])
		}), content},
		"a range of 206 in chunks": {oddly(content, func(w http.ResponseWriter, rng byterange.Range) {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", rng.Off, rng.End()-1, n))
			w.WriteHeader(http.StatusPartialContent)
			_ = http.NewResponseController(w).Flush()
			_, _ = w.Write(content[rng.Off:rng.End()])
		}), content},
		"ranges that are refused after the first": {oddly(content, func(w http.ResponseWriter, rng byterange.Range) {
			if rng.Off > 0 {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", rng.Off, rng.End()-1, n))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(content[rng.Off:rng.End()])
		}), content},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, tc.handler)
			got, err := fetched(t, engine.Source{URL: s.URL + "/f.bin"})
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, tc.want) {
				t.Errorf("other bytes than the source: %d for %d", len(got), len(tc.want))
			}
			p := newPlace(t, -1)
			if err := p.download(t.Context(), t, s.URL+"/f.bin", engine.Options{}); err != nil {
				t.Fatalf("without a resolve before: %v", err)
			}
			if !bytes.Equal(p.content(t), tc.want) {
				t.Error("without a resolve before: other bytes than the source")
			}
			compareWithPrograms(t, s.URL+"/f.bin", tc.want, false, oddPrograms[name]...)
		})
	}
}

// oddPrograms are those that refuse a status they don't know, or take what a header
// says for what comes.
var oddPrograms = map[string][]string{
	"all as a range of a byte":          {"wget"},
	"all as a range of unknown size":    {"aria2c"},
	"203 to everything":                 {"aria2c"},
	"201 to everything":                 {"aria2c"},
	"a status of its own to everything": {"aria2c"},
}

// calledPart sends everything to everyone and calls it a range.
func calledPart(content []byte, contentRange string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Range", contentRange)
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(content)
	}
}

// called sends everything to everyone with the status.
func called(content []byte, status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		w.WriteHeader(status)
		_, _ = w.Write(content)
	}
}

func page(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = w.Write(signIn)
}

// ledAway redirects requests with a range, to a page of its own or elsewhere.
func ledAway(content []byte, to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == to {
			page(w)
			return
		}
		oddly(content, func(w http.ResponseWriter, _ byterange.Range) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		})(w, r)
	}
}

// once answers the first request alone.
func once(next http.HandlerFunc, after int) (http.HandlerFunc, *atomic.Int64) {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) > 1 {
			w.WriteHeader(after)
			return
		}
		next(w, r)
	}, &n
}

// A link that works once brings the file to who resolves it and keeps the answer.
func TestALinkThatWorksOnce(t *testing.T) {
	content := noise(22, 24<<20+1)
	for name, tc := range map[string]struct {
		handler http.HandlerFunc
		after   int
	}{
		"without ranges":        {whole(content), 404},
		"with ranges":           {ranged(content, etag), 410},
		"forbidden afterwards":  {ranged(content, ""), 403},
		"of unknown length":     {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) }, 404},
		"an error afterwards":   {whole(content, "Accept-Ranges", "bytes", "ETag", etag), 500},
		"a weak ETag and a 401": {ranged(content, `W/"v1"`), 401},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, _ := once(tc.handler, tc.after)
			s := serve(t, h)
			e := testEngine()
			e.cfg.Hold = programPatience
			src := engine.Source{URL: s.URL + "/one.bin"}
			m, err := e.Resolve(t.Context(), src, engine.Options{ResolveTimeout: programPatience})
			if err != nil {
				t.Fatal(err)
			}
			p := newPlace(t, m.Size)
			if err := p.fetch(t.Context(), t, e, src, engine.Options{}); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(p.content(t), content) {
				t.Error("other bytes than the source")
			}
		})
	}
}

// An answer that is kept too long is given up, and the server is asked again.
func TestAKeptAnswerIsGivenUp(t *testing.T) {
	content := noise(23, 8<<20)
	gone := make(chan struct{})
	var n atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) > 1 {
			whole(content)(w, r)
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		_, _ = w.Write(content[:1<<20])
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(gone)
	})
	e := testEngine()
	e.cfg.Hold = 1 // as long as nothing
	src := engine.Source{URL: s.URL + "/one.bin"}
	if _, err := e.Resolve(t.Context(), src, engine.Options{ResolveTimeout: programPatience}); err != nil {
		t.Fatal(err)
	}
	<-gone
	p := newPlace(t, int64(len(content)))
	if err := p.fetch(t.Context(), t, e, src, engine.Options{}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(p.content(t), content) {
		t.Error("other bytes than the source")
	}
}
