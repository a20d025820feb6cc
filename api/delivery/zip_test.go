package delivery_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"longhaul/api/apitest"
	"longhaul/models"
)

// zipOf makes a ready job and returns a link to its zip.
func zipOf(t *testing.T, h *apitest.Harness, user apitest.Caller, contents map[string][]byte) (models.Job, []models.File, string) {
	t.Helper()
	job, files := apitest.ReadyJob(t, h, user.User, contents)
	return job, files, apitest.DownloadLink(t, h, user, "/api/v1/jobs/"+job.ID.String()+"/archive", "")
}

// TestZipsResume asks for a zip as a whole, for its head and for parts of it.
func TestZipsResume(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	_, _, link := zipOf(t, h, user, map[string][]byte{"a/one.bin": apitest.Pattern(100_000), "a/empty": {}, "two.bin": apitest.Pattern(50_000)})
	resp, whole := apitest.Fetch(t, h, "GET", link, nil)
	tag, n := resp.Header.Get("ETag"), len(whole)
	if resp.StatusCode != 200 || resp.ContentLength != int64(n) || resp.Header.Get("Accept-Ranges") != "bytes" || !strings.HasPrefix(tag, `"`) {
		t.Fatalf("status %d, %d of %d bytes, %v", resp.StatusCode, n, resp.ContentLength, resp.Header)
	}
	for name, c := range map[string]struct {
		method   string
		header   map[string]string
		status   int
		from, to int
	}{
		"again":            {"GET", nil, 200, 0, n},
		"head":             {"HEAD", nil, 200, 0, 0},
		"from a third":     {"GET", map[string]string{"Range": "bytes=50000-"}, 206, 50_000, n},
		"resumed":          {"GET", map[string]string{"Range": "bytes=149000-", "If-Range": tag}, 206, 149_000, n},
		"the first byte":   {"GET", map[string]string{"Range": "bytes=0-0"}, 206, 0, 1},
		"within a file":    {"GET", map[string]string{"Range": "bytes=1000-2000"}, 206, 1000, 2001},
		"the directory":    {"GET", map[string]string{"Range": "bytes=-22"}, 206, n - 22, n},
		"across files":     {"GET", map[string]string{"Range": "bytes=40000-120000"}, 206, 40_000, 120_001},
		"of another zip":   {"GET", map[string]string{"Range": "bytes=5-9", "If-Range": `"other"`}, 200, 0, n},
		"by a date":        {"GET", map[string]string{"Range": "bytes=5-9", "If-Range": "Mon, 30 Nov 2026 00:00:00 GMT"}, 200, 0, n},
		"behind the end":   {"GET", map[string]string{"Range": "bytes=" + strconv.Itoa(n) + "-"}, 416, 0, 0},
		"in another unit":  {"GET", map[string]string{"Range": "files=1-2"}, 200, 0, n},
		"not changed":      {"GET", map[string]string{"If-None-Match": tag}, 304, 0, 0},
		"if it is another": {"GET", map[string]string{"If-Match": `"other"`}, 412, 0, 0},
	} {
		resp, got := apitest.Fetch(t, h, c.method, link, c.header)
		if resp.StatusCode != c.status {
			t.Errorf("%s: status %d, want %d", name, resp.StatusCode, c.status)
			continue
		}
		if c.status < 300 && c.method == "GET" && !bytes.Equal(got, whole[c.from:c.to]) {
			t.Errorf("%s: %d bytes are not those of %d to %d", name, len(got), c.from, c.to)
		}
		if c.status < 300 && resp.Header.Get("ETag") != tag {
			t.Errorf("%s: another ETag", name)
		}
		if want := fmt.Sprintf("bytes %d-%d/%d", c.from, c.to-1, n); c.status == 206 && resp.Header.Get("Content-Range") != want {
			t.Errorf("%s: Content-Range %q, want %q", name, resp.Header.Get("Content-Range"), want)
		}
		if c.method == "HEAD" && resp.ContentLength != int64(n) {
			t.Errorf("%s: %d bytes", name, resp.ContentLength)
		}
	}
}

// TestZipPartsCostTheirBytes asks for the end of a zip: storage reads that alone,
// and nothing else counts as delivered.
func TestZipPartsCostTheirBytes(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	contents := map[string][]byte{}
	for i := range 4 {
		contents[fmt.Sprintf("%d.bin", i)] = apitest.Pattern(1 << 20)
	}
	_, files, link := zipOf(t, h, user, contents)
	head, _ := apitest.Fetch(t, h, "HEAD", link, nil)
	before := len(h.Storage.Reads())
	used(t, h, user, "the head", func(got int64) bool { return got == 0 })

	// The bytes of the last file that the part has are those from its middle on.
	var directory int64
	for _, f := range files {
		directory += 46 + int64(len(f.Path)) + 9
	}
	from := head.ContentLength - 22 - directory - (1 << 19)
	_, got := apitest.Fetch(t, h, "GET", link, map[string]string{"Range": fmt.Sprintf("bytes=%d-", from)})
	if int64(len(got)) != head.ContentLength-from {
		t.Fatalf("%d bytes", len(got))
	}
	if reads := h.Storage.Reads()[before:]; !slices.Equal(reads, []string{"524288+524288"}) {
		t.Errorf("storage was read at %v", reads)
	}
	used(t, h, user, "the part", func(n int64) bool { return n == int64(len(got)) })

	before = len(h.Storage.Reads())
	_, got = apitest.Fetch(t, h, "GET", link, map[string]string{"Range": "bytes=100-199"})
	if reads := h.Storage.Reads()[before:]; len(got) != 100 || !slices.Equal(reads, []string{"56+100"}) {
		t.Errorf("storage was read at %v for %d bytes", reads, len(got))
	}
}

// TestZipTagsFollowTheFiles renames a file, and blocks one, while a client has
// half of the zip.
func TestZipTagsFollowTheFiles(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	_, files, link := zipOf(t, h, user, map[string][]byte{"a.bin": apitest.Pattern(10_000), "b.bin": apitest.Pattern(20_000)})
	seen := map[string]bool{}
	for _, change := range []string{
		"select 1",
		"update files set path = 'z.bin' where id = '" + files[0].ID.String() + "'",
		"update files set stored_at = stored_at + interval '1 hour' where id = '" + files[0].ID.String() + "'",
		"update files set blocked = true where id = '" + files[0].ID.String() + "'",
	} {
		h.Exec(change)
		var tag string
		for tag = range seen {
			resp, body := apitest.Fetch(t, h, "GET", link, map[string]string{"Range": "bytes=100-", "If-Range": tag})
			if resp.StatusCode != http.StatusOK || !bytes.HasPrefix(body, []byte("PK\x03\x04")) {
				t.Errorf("%s: status %d", change, resp.StatusCode)
			}
		}
		resp, _ := apitest.Fetch(t, h, "HEAD", link, nil)
		if tag = resp.Header.Get("ETag"); tag == "" || seen[tag] {
			t.Errorf("%s: ETag %q", change, tag)
		}
		seen[tag] = true
	}
}

// TestZipsBeforeTheirChecksumsAreKnown sends files that are too large to be read
// first: whole, and not resumable. Sending them teaches their checksums.
func TestZipsBeforeTheirChecksumsAreKnown(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	large := apitest.Pattern(65 << 20)
	_, _, link := zipOf(t, h, user, map[string][]byte{"large.bin": large, "small.bin": apitest.Pattern(100), "empty": {}})
	resp, body := apitest.Fetch(t, h, "GET", link, map[string]string{"Range": "bytes=100-200", "If-Range": `"x"`})
	if resp.StatusCode != 200 || resp.ContentLength != int64(len(body)) || resp.Header.Get("Accept-Ranges") != "none" || resp.Header.Get("ETag") != "" {
		t.Fatalf("status %d, %d of %d bytes, %v", resp.StatusCode, len(body), resp.ContentLength, resp.Header)
	}
	if flags := opened(t, body, large); flags["large.bin"]&8 == 0 {
		t.Error("the checksum of a file was known before it was read")
	}
	resp, body = apitest.Fetch(t, h, "GET", link, nil)
	if resp.StatusCode != 200 || resp.Header.Get("Accept-Ranges") != "bytes" || resp.Header.Get("ETag") == "" {
		t.Fatalf("afterwards: status %d, %v", resp.StatusCode, resp.Header)
	}
	for name, flags := range opened(t, body, large) {
		if flags&8 != 0 {
			t.Errorf("%s has a data descriptor afterwards", name)
		}
	}
}

// opened reads a zip and returns the flags of its entries.
func opened(t *testing.T, body, large []byte) map[string]uint16 {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]uint16{}
	for _, f := range zr.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || f.Name == "large.bin" && !bytes.Equal(got, large) {
			t.Errorf("%s: %d bytes, %v", f.Name, len(got), err)
		}
		out[f.Name] = f.Flags
	}
	return out
}

// TestWrongChecksumsMend has a row say another checksum than the bytes have, as a
// broken agent may report: the zip breaks off, and the next one opens. Bytes that
// are damaged in storage never get a checksum that makes them look right.
func TestWrongChecksumsMend(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	body := apitest.Pattern(100_000)
	_, files, link := zipOf(t, h, user, map[string][]byte{"large.bin": body})
	h.Exec("update files set crc32 = 12345, crc32c = 'AAAAAA==' where id = '" + files[0].ID.String() + "'")
	apitest.Fetch(t, h, "GET", link, nil)
	f, err := h.Store.Files.File(t.Context(), user.User.ID, files[0].ID)
	if err != nil || *f.CRC32 != 12345 {
		t.Errorf("damaged bytes gave the row the checksum %d, %v", *f.CRC32, err)
	}
	h.Exec("update files set crc32c = '' where id = '" + files[0].ID.String() + "'")
	resp, got := apitest.Fetch(t, h, "GET", link, nil)
	if int64(len(got)) >= resp.ContentLength {
		t.Error("a zip with a wrong checksum looks whole")
	}
	tag := resp.Header.Get("ETag")
	resp, got = apitest.Fetch(t, h, "GET", link, nil)
	if resp.StatusCode != 200 || resp.Header.Get("ETag") == tag {
		t.Errorf("status %d, and the ETag is the same: %v", resp.StatusCode, resp.Header.Get("ETag") == tag)
	}
	opened(t, got, body)
	f, err = h.Store.Files.File(t.Context(), user.User.ID, files[0].ID)
	if err != nil || f.CRC32 == nil || *f.CRC32 != int64(crc32.ChecksumIEEE(body)) {
		t.Errorf("the row has %v, %v", f.CRC32, err)
	}
}
