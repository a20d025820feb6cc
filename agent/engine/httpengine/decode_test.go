package httpengine

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"longhaul/agent/engine"
	"longhaul/internal/growthtest"
	"longhaul/models"
)

// encode encodes bytes as a server does; bare is deflate without zlib's frame.
func encode(t testing.TB, b []byte, codings ...string) []byte {
	t.Helper()
	for _, c := range codings {
		var out bytes.Buffer
		var w io.WriteCloser
		switch c {
		case codingGzip:
			w = gzip.NewWriter(&out)
		case codingDeflate:
			w = zlib.NewWriter(&out)
		case "bare":
			w, _ = flate.NewWriter(&out, flate.DefaultCompression)
		case codingBrotli:
			w = brotli.NewWriter(&out)
		case codingZstd:
			w, _ = zstd.NewWriter(&out)
		}
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		b = out.Bytes()
	}
	return b
}

// subtitles is text that compresses as text does.
func subtitles(n int) []byte {
	var b bytes.Buffer
	b.WriteString("WEBVTT\n\n")
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%02d:%02d:%02d.000 --> %02d:%02d:%02d.500\nLine %x of the film\n\n", i/3600, i/60%60, i%60, i/3600, i/60%60, i%60, noise(byte(i), 6))
	}
	return b.Bytes()
}

// TestEncodedBodies is about what servers encode although they are asked not to.
func TestEncodedBodies(t *testing.T) {
	text := subtitles(2 << 20)
	tar := noise(41, 1<<20)
	gz := encode(t, tar, codingGzip)
	noBrotli := []string{"wget", "aria2c"} // they know gzip and deflate
	cases := map[string]struct {
		path, coding, kind string
		body, want         []byte
		header             []string
		ranges             bool     // of the encoded body
		cannot             []string // programs that do not decode it, or decode what is a file
	}{
		"gzip":                {path: "/video.en.vtt", coding: "gzip", body: encode(t, text, codingGzip), want: text},
		"x-gzip":              {path: "/video.en.vtt", coding: "x-gzip", body: encode(t, text, codingGzip), want: text, cannot: []string{"aria2c"}},
		"upper case":          {path: "/video.en.vtt", coding: "GZIP", body: encode(t, text, codingGzip), want: text, cannot: []string{"aria2c"}},
		"ranges of gzip":      {path: "/table.csv", coding: "gzip", body: encode(t, text, codingGzip), want: text, ranges: true},
		"ranges of br":        {path: "/table.csv", coding: "br", body: encode(t, text, codingBrotli), want: text, ranges: true, cannot: noBrotli},
		"deflate":             {path: "/a.srt", coding: "deflate", body: encode(t, text, codingDeflate), want: text, cannot: []string{"wget"}},
		"bare deflate":        {path: "/a.srt", coding: "deflate", body: encode(t, text, "bare"), want: text, cannot: []string{"wget", "aria2c"}},
		"br":                  {path: "/a.json", coding: "br", body: encode(t, text, codingBrotli), want: text, cannot: noBrotli},
		"zstd":                {path: "/a.json", coding: "zstd", body: encode(t, text, codingZstd), want: text, cannot: noBrotli},
		"gzip and br":         {path: "/a.json", coding: "gzip, br", body: encode(t, text, codingGzip, codingBrotli), want: text, cannot: noBrotli},
		"two header lines":    {path: "/a.json", coding: "gzip", header: []string{"Content-Encoding", "identity"}, body: encode(t, text, codingGzip), want: text, cannot: []string{"wget", "aria2c"}},
		"several members":     {path: "/a.log", coding: "gzip", body: append(encode(t, text[:1000], codingGzip), encode(t, text[1000:], codingGzip)...), want: text, cannot: []string{"curl", "wget", "aria2c"}},
		"bytes after the end": {path: "/a.log", coding: "gzip", body: append(encode(t, text, codingGzip), "\r\n\r\n"...), want: text, cannot: []string{"curl", "wget", "aria2c"}},
		"of nothing":          {path: "/a.txt", coding: "gzip", body: encode(t, nil, codingGzip), want: nil},
		"nothing":             {path: "/a.txt", coding: "gzip", body: nil, want: nil},
		"not gzip at all":     {path: "/a.bin", coding: "gzip", body: tar, want: tar},
		"not br at all":       {path: "/a.txt", coding: "br", body: text, want: text},
		"a coding of its own": {path: "/a.bin", coding: "aes128gcm", body: tar, want: tar},
		"utf-8":               {path: "/a.txt", coding: "utf-8", body: text, want: text},
		"aws-chunked":         {path: "/a.txt", coding: "aws-chunked", body: text, want: text},

		// A file that is stored in the coding is not for the program to open.
		"a .tar.gz":              {path: "/file.tar.gz", coding: "gzip", body: gz, want: gz},
		"a .tgz, x-gzip":         {path: "/file.tgz", coding: "x-gzip", kind: "application/x-tar", body: gz, want: gz},
		"a .tar.gz, gzip twice":  {path: "/file.tar.gz", coding: "gzip", body: encode(t, gz, codingGzip), want: gz, cannot: []string{"wget", "aria2c"}},
		"a .tar.gz in br":        {path: "/file.tar.gz", coding: "br", body: encode(t, gz, codingBrotli), want: gz, cannot: noBrotli},
		"application/gzip":       {path: "/get?id=5", coding: "gzip", kind: "application/gzip", body: gz, want: gz},
		"a name in the header":   {path: "/get?id=5", coding: "gzip", header: []string{"Content-Disposition", `attachment; filename="a.tar.gz"`}, body: gz, want: gz},
		"blocks of gzip":         {path: "/calls.vcf.bgz", coding: "gzip", body: gz, want: gz},
		"a .tar.zst":             {path: "/file.tar.zst", coding: "zstd", body: encode(t, tar, codingZstd), want: encode(t, tar, codingZstd)},
		"a .tar whose way is gz": {path: "/file.tar", coding: "gzip", body: gz, want: tar},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/octet-stream")
				if tc.kind != "" {
					w.Header().Set("Content-Type", tc.kind)
				}
				for i := 0; i+1 < len(tc.header); i += 2 {
					w.Header().Add(tc.header[i], tc.header[i+1])
				}
				w.Header().Add("Content-Encoding", tc.coding)
				w.Header().Set("ETag", etag)
				rng, ok := asked(r, len(tc.body))
				w.Header().Set("Content-Length", strconv.FormatInt(rng.Len, 10))
				if ok && tc.ranges {
					w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", rng.Off, rng.End()-1, len(tc.body)))
					w.WriteHeader(http.StatusPartialContent)
					_, _ = w.Write(tc.body[rng.Off:rng.End()])
					return
				}
				w.Header().Set("Content-Length", strconv.Itoa(len(tc.body)))
				_, _ = w.Write(tc.body)
			})
			got, err := fetched(t, engine.Source{URL: s.URL + tc.path})
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, tc.want) {
				t.Errorf("other bytes than the file's: %d for %d", len(got), len(tc.want))
			}
			compareWithPrograms(t, s.URL+tc.path, tc.want, !bytes.Equal(tc.body, tc.want), tc.cannot...)
		})
	}
}

// The limit of a job is about decoded bytes, and so is the one against bombs.
func TestDecodedBytesAreBounded(t *testing.T) {
	t.Parallel()
	zeros := encode(t, make([]byte, 64<<20), codingGzip)
	s := serve(t, whole(zeros, "Content-Encoding", "gzip"))
	p := newPlace(t, -1)
	if err := p.download(t.Context(), t, s.URL+"/a.txt", engine.Options{MaxBytes: 1 << 20}); problem(err) != models.ProblemContentTooLarge {
		t.Errorf("got %v", err)
	}
	if n := p.verified(t); n > 4<<20 {
		t.Errorf("%d bytes were kept", n)
	}
	many := encode(t, make([]byte, 1<<30), codingZstd)
	d, err := decode(io.MultiReader(bytes.NewReader(many), bytes.NewReader(many)), []string{codingZstd})
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	if n, err := io.Copy(io.Discard, d); problem(err) != models.ProblemContentTooLarge || n > bombBytes+1<<20 {
		t.Errorf("%d bytes came, and then %v", n, err)
	}
}

// A window that takes the machine's memory is refused before it is made.
func TestALargeWindowIsRefused(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out, zstd.WithWindowSize(512<<20), zstd.WithSingleSegment(false))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(noise(1, 1<<20))
	_ = w.Flush()
	_, _ = w.Write(noise(2, 1<<20))
	_ = w.Close()
	d, err := decode(bytes.NewReader(out.Bytes()), []string{codingZstd})
	if err == nil {
		defer d.close()
		_, err = io.Copy(io.Discard, d)
	}
	if problem(err) != models.ProblemSourceFailing {
		t.Errorf("got %v", err)
	}
}

// A body that breaks or is damaged while it is decoded is no file.
func TestDamagedEncodedBodies(t *testing.T) {
	text := subtitles(1 << 20)
	for _, coding := range []string{codingGzip, codingDeflate, codingBrotli, codingZstd} {
		body := encode(t, text, coding)
		damaged := bytes.Clone(body)
		for i := range 64 {
			damaged[len(damaged)/2+i] ^= 0xff
		}
		for name, h := range map[string]http.HandlerFunc{
			"ends early":  whole(body[:len(body)/2], "Content-Encoding", coding),
			"breaks":      breakingAfter(len(body)/2, whole(body, "Content-Encoding", coding)),
			"is damaged":  whole(damaged, "Content-Encoding", coding),
			"is one byte": whole(body[:1], "Content-Encoding", coding),
		} {
			t.Run(coding+" "+name, func(t *testing.T) {
				t.Parallel()
				s := serve(t, h)
				p := newPlace(t, -1)
				err := p.download(t.Context(), t, s.URL+"/a.vtt", engine.Options{})
				if name == "is one byte" && err == nil {
					return // it may as well be a file of one byte
				}
				if problem(err) == "" {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

// FuzzDecode feeds bytes that a server calls encoded.
func FuzzDecode(f *testing.F) {
	for _, c := range []string{codingGzip, codingDeflate, codingBrotli, codingZstd} {
		f.Add(c, encode(f, []byte("a few words, a few words"), c))
	}
	f.Add("gzip, br", encode(f, []byte("x"), codingGzip, codingBrotli))
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		codings := codingsOf(http.Header{"Content-Encoding": {header}})
		if len(codings) > maxCodings {
			t.Fatalf("%d codings", len(codings))
		}
		for _, c := range codings {
			_, _ = unpackStart(c, body)
		}
		if len(codings) == 0 {
			return
		}
		d, err := decode(bytes.NewReader(body), codings)
		if err != nil {
			return
		}
		defer d.close()
		if n, err := io.Copy(io.Discard, io.LimitReader(d, 16<<20)); err != nil && problem(err) == "" && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d bytes and an error without a name: %v", n, err)
		}
	})
}

func TestManyCodingsTakeLinearTime(t *testing.T) {
	growthtest.Linear(t, 8<<10, func(n int) func() {
		h := http.Header{"Content-Encoding": {strings.Repeat("identity,", n)}}
		return func() { codingsOf(h) }
	})
	growthtest.Linear(t, 256<<10, func(n int) func() {
		body := encode(t, subtitles(n), codingGzip)
		return func() {
			d, err := decode(bytes.NewReader(body), []string{codingGzip})
			if err == nil {
				_, err = io.Copy(io.Discard, d)
			}
			if err != nil {
				t.Error(err)
			}
		}
	})
}
