package delivery_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/api/delivery"
	"longhaul/internal/growthtest"
	"longhaul/models"
)

func stored(size int64, paths ...string) []models.File {
	var out []models.File
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	for i, p := range paths {
		out = append(out, models.File{ID: uuid.New(), Index: i, Path: p, Size: size, State: models.FileStored, StoredAt: &at})
	}
	return out
}

func TestZipNames(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"a|a|A", "a|a (2)|A (3)"},
		{"x.tar.gz|X.TAR.GZ", "x.tar.gz|X.TAR (2).GZ"},
		{"dir/a|dir", "dir/a|dir (2)"},
		{"dir|dir/a", "dir (2)|dir/a"},
		{"../../etc/passwd|/abs|c:\\windows\\x", "etc/passwd|abs|c_/windows/x"},
		{"é|e\u0301", "é|é (2)"},
		{"..|.", "file-0|file-1"},
	} {
		got := strings.Join(delivery.ZipNames(stored(0, strings.Split(c[0], "|")...)), "|")
		if got != c[1] {
			t.Errorf("%q becomes %q, want %q", c[0], got, c[1])
		}
	}
}

// TestZipNamesCostWhatTheyWeigh names the files of zips that are made to be
// expensive.
func TestZipNamesCostWhatTheyWeigh(t *testing.T) {
	long := strings.Repeat("n", 240)
	for name, path := range map[string]func(i int) string{
		"one name":               func(int) string { return "a.bin" },
		"long names, each twice": func(i int) string { return fmt.Sprintf("%s%013dx", long, i/2) },
		"files above files":      func(i int) string { return "a" + strings.Repeat("/a", i%60) },
		"60 Unicode folders":     func(i int) string { return strings.Repeat("größe/", 60) + strconv.Itoa(i) },
	} {
		t.Run(name, func(t *testing.T) {
			growthtest.Linear(t, 500, func(n int) func() {
				paths := make([]string, n)
				for i := range paths {
					paths[i] = path(i)
				}
				files := stored(1, paths...)
				return func() {
					if got := len(delivery.ZipNames(files)); got != n {
						t.Fatal(got)
					}
				}
			})
		})
	}
}

// TestZipLimitsComeFirst asks for the head of a zip more often than is allowed:
// the file list is not read for what is refused.
func TestZipLimitsComeFirst(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	job, _ := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a": []byte("a")})
	link := apitest.DownloadLink(t, h, user, "/api/v1/jobs/"+job.ID.String()+"/archive", "")
	refused := 0
	for range 30 {
		if res, _ := apitest.Fetch(t, h, "HEAD", link, nil); res.StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused == 0 {
		t.Error("HEAD is not limited")
	}
}
