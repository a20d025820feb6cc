package delivery_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"longhaul/api/apitest"
	"longhaul/api/delivery"
	"longhaul/models"
)

// TestRangesMeanWhatRFC9110Says reads the ranges of requests for ten bytes and
// for none.
func TestRangesMeanWhatRFC9110Says(t *testing.T) {
	t.Parallel()
	whole, none := [2]int64{-1, -1}, [2]int64{0, 0}
	for _, c := range []struct {
		method, header string
		size           int64
		want           [2]int64
	}{
		{"GET", "bytes=0-0", 10, [2]int64{0, 1}},
		{"GET", "bytes=2-5", 10, [2]int64{2, 6}},
		{"GET", "bytes=9-", 10, [2]int64{9, 10}},
		{"GET", "bytes=0-9999", 10, [2]int64{0, 10}},
		{"GET", "bytes=3-99999999999999999999999999", 10, [2]int64{3, 10}},
		{"GET", "bytes=-1", 10, [2]int64{9, 10}},
		{"GET", "bytes=-10", 10, [2]int64{0, 10}},
		{"GET", "bytes=-99999999999999999999999999", 10, [2]int64{0, 10}},
		{"GET", "Bytes=1-2", 10, [2]int64{1, 3}},
		{"GET", "bytes= 1-2 ", 10, [2]int64{1, 3}},
		{"GET", "bytes=,1-2,", 10, [2]int64{1, 3}},
		{"GET", "bytes=0-2,3-5", 10, [2]int64{0, 6}},
		{"GET", "bytes=4-9,0-5", 10, [2]int64{0, 10}},
		{"GET", "bytes=1-2,50-60", 10, [2]int64{1, 3}},
		{"GET", "bytes=-2,8-", 10, [2]int64{8, 10}},
		{"GET", "bytes=0-1,5-6", 10, whole},
		{"GET", "bytes=" + strings.Repeat("1-1,", 100), 10, whole},
		{"GET", "bytes=10-", 10, none},
		{"GET", "bytes=10-20,30-40", 10, none},
		{"GET", "bytes=-0", 10, none},
		{"GET", "bytes=99999999999999999999999999-", 10, none},
		{"GET", "", 10, whole},
		{"GET", "bytes", 10, whole},
		{"GET", "bytes=", 10, whole},
		{"GET", "bytes=,", 10, whole},
		{"GET", "bytes=-", 10, whole},
		{"GET", "bytes=5-2", 10, whole},
		{"GET", "bytes=1-2,x", 10, whole},
		{"GET", "bytes=--5", 10, whole},
		{"GET", "bytes=+1-2", 10, whole},
		{"GET", "bytes=1-+2", 10, whole},
		{"GET", "bytes=0x1-2", 10, whole},
		{"GET", "bytes=1 - 2", 10, whole},
		{"GET", "bytes 1-2", 10, whole},
		{"GET", "bytes =1-2", 10, whole},
		{"GET", "pages=1-2", 10, whole},
		{"GET", "seconds=-5", 10, whole},
		{"HEAD", "bytes=1-2", 10, whole},
		{"HEAD", "bytes=10-", 10, whole},
		{"GET", "bytes=-5", 0, whole},
		{"GET", "bytes=0-", 0, whole},
		{"GET", "bytes=0-0", 0, whole},
		{"GET", "bytes=5-9", 0, whole},
		{"GET", "bytes=-0", 0, whole},
		{"GET", "items=1-2", 0, whole},
	} {
		r := &http.Request{Method: c.method, Header: http.Header{"Range": {c.header}}}
		if from, to := delivery.RequestedRange(r, c.size); from != c.want[0] || to != c.want[1] {
			t.Errorf("%s %q of %d: %d to %d, want %d to %d", c.method, c.header, c.size, from, to, c.want[0], c.want[1])
		}
	}
	twice := &http.Request{Method: "GET", Header: http.Header{"Range": {"bytes=0-1", "bytes=2-3"}}}
	if from, to := delivery.RequestedRange(twice, 10); from != -1 || to != -1 {
		t.Errorf("two headers: %d to %d", from, to)
	}
}

// TestRangesOfAnEmptyFile fetches an empty file as players and download
// managers do, with a range.
func TestRangesOfAnEmptyFile(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	_, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"empty.bin": {}})
	link := apitest.DownloadLink(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", "")
	for _, value := range []string{"", "bytes=-5", "bytes=-0", "bytes=0-", "bytes=0-0", "bytes=7-9", "lines=1-2"} {
		header := map[string]string{}
		if value != "" {
			header["Range"] = value
		}
		resp, body := apitest.Fetch(t, h, "GET", link, header)
		if resp.StatusCode != http.StatusOK || len(body) != 0 || resp.ContentLength != 0 || resp.Header.Get("Content-Range") != "" {
			t.Errorf("%q: status %d, %d bytes of %d, Content-Range %q", value, resp.StatusCode, len(body), resp.ContentLength, resp.Header.Get("Content-Range"))
		}
	}
}

// TestOddRangesOfAFile asks for ranges that are joined, ignored and refused.
func TestOddRangesOfAFile(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	body := apitest.Pattern(100_000)
	_, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.bin": body})
	link := apitest.DownloadLink(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", "")
	for value, c := range map[string]struct {
		status, from, to int
		contentRange     string
	}{
		"bytes=10-19,20-29":    {206, 10, 30, "bytes 10-29/100000"},
		"bytes=10-19,999999-":  {206, 10, 20, "bytes 10-19/100000"},
		"bytes=0-0,-1":         {200, 0, 100_000, ""},
		"bytes=9-3":            {200, 0, 100_000, ""},
		"furlongs=1-2":         {200, 0, 100_000, ""},
		"bytes=100000-":        {416, 0, 0, "bytes */100000"},
		"bytes=-0":             {416, 0, 0, "bytes */100000"},
		"bytes=200000-,300000": {200, 0, 100_000, ""},
	} {
		resp, got := apitest.Fetch(t, h, "GET", link, map[string]string{"Range": value})
		if resp.StatusCode != c.status || resp.Header.Get("Content-Range") != c.contentRange {
			t.Errorf("%s: status %d, Content-Range %q", value, resp.StatusCode, resp.Header.Get("Content-Range"))
		}
		if c.status != http.StatusRequestedRangeNotSatisfiable && !bytes.Equal(got, body[c.from:c.to]) {
			t.Errorf("%s: %d bytes are not those of %d to %d", value, len(got), c.from, c.to)
		}
	}
}
