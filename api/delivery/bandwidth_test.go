package delivery_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/api/delivery"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// used waits until so many bytes count as delivered to the user. The last of them
// are counted when they are sent, which may be after they arrived.
func used(t *testing.T, h *apitest.Harness, user apitest.Caller, what string, is func(int64) bool) {
	t.Helper()
	storetest.Eventually(t, time.Minute, func() string {
		if got := apitest.UsageOf(t, h, user).Bandwidth.Used; !is(got) {
			return fmt.Sprintf("%s: %d bytes are counted", what, got)
		}
		return ""
	})
}

// Every byte sent counts exactly once.
func TestBandwidthIsExact(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	job, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"film.mp4": apitest.Pattern(300_000)})
	link := apitest.DownloadLink(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", "")
	want := int64(0)
	count := func(what string, n int) {
		t.Helper()
		want += int64(n)
		used(t, h, user, fmt.Sprintf("%s: want %d in all", what, want), func(got int64) bool { return got == want })
	}
	whole, body := apitest.Fetch(t, h, "GET", link, nil)
	count("whole file", len(body))
	_, body = apitest.Fetch(t, h, "GET", link, map[string]string{"Range": "bytes=1000-200999"})
	if len(body) != 200_000 {
		t.Fatalf("range of %d bytes", len(body))
	}
	count("range", 200_000)
	apitest.Fetch(t, h, "HEAD", link, nil)
	count("head", 0)
	apitest.Fetch(t, h, "GET", link, map[string]string{"If-None-Match": whole.Header.Get("ETag")})
	count("not modified", 0)
	apitest.Fetch(t, h, "GET", link, map[string]string{"Range": "bytes=300000-"})
	count("range outside", 0)
	_, packed := apitest.Fetch(t, h, "GET", apitest.DownloadLink(t, h, user, "/api/v1/jobs/"+job.ID.String()+"/archive", ""), nil)
	if _, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed))); err != nil {
		t.Fatal(err)
	}
	count("zip", len(packed))
	h.Storage.BreakAfter, h.Storage.Breaks = 20_000, -1
	_, body = apitest.Fetch(t, h, "GET", link, nil)
	if len(body) == 0 {
		t.Fatal("nothing came before the transfer broke off")
	}
	least := want + int64(len(body))
	used(t, h, user, fmt.Sprintf("a transfer that broke off after %d bytes", len(body)), func(got int64) bool {
		return got >= least && got <= least+8<<10 && got < want+300_000
	})
}

func TestOverTheBandwidthLimit(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	job, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"film.mp4": apitest.Pattern(300_000)})
	apitest.GivePlan(t, h, user, models.Plan{BandwidthBytes: new(int64(100_000))})
	link := apitest.DownloadLink(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", "")
	archive := apitest.DownloadLink(t, h, user, "/api/v1/jobs/"+job.ID.String()+"/archive", "")
	if resp, body := apitest.Fetch(t, h, "GET", link, nil); resp.StatusCode != 200 || resp.ContentLength != 300_000 || len(body) > 100_000 {
		t.Errorf("a delivery goes beyond the limit, or looks whole: %d, %d of %d bytes", resp.StatusCode, len(body), resp.ContentLength)
	}
	used(t, h, user, "100000 may be sent", func(got int64) bool { return got == 100_000 })
	_, reset := models.Period(h.Store.DB.Now())
	day := reset.Format("2 January 2006")
	for _, address := range []string{link, archive} { // counted, whether or not it is saved yet
		resp, body := apitest.Fetch(t, h, "GET", address, map[string]string{"Range": "bytes=0-1"})
		apitest.CheckProblem(t, resp, body)
		if resp.StatusCode != http.StatusForbidden || !strings.Contains(string(body), `"bandwidth_exceeded"`) ||
			!strings.Contains(string(body), day) || resp.Header.Get("Retry-After") == "" {
			t.Errorf("%d %s", resp.StatusCode, body)
		}
	}
	resp, page := apitest.Fetch(t, h, "GET", link, map[string]string{"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
	if resp.StatusCode != http.StatusForbidden || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") ||
		!strings.Contains(string(page), day) || strings.Contains(string(page), "<script") {
		t.Errorf("%d %s", resp.StatusCode, page)
	}
	apitest.GivePlan(t, h, user, models.Plan{BandwidthBytes: new(int64(1_000_000))})
	if resp, _ := apitest.Fetch(t, h, "GET", link, nil); resp.StatusCode != 200 {
		t.Errorf("with a larger plan: %d", resp.StatusCode)
	}
}

// Several processes count side by side, and each keeps what it could not save.
func TestMetersAddUp(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	_, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.bin": apitest.Pattern(10_000)})
	link := apitest.DownloadLink(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", "")
	flaky := &flakyLog{Bandwidth: h.Store.Quota, down: true}
	meter := delivery.NewMeter(flaky, slog.New(slog.DiscardHandler), h.Store.DB.Now)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { apitest.Fetch(t, h, "GET", link, nil) })
		wg.Go(func() { delivery.Delivered(meter, user.User.ID, 1_000) })
	}
	wg.Wait()
	if err := meter.Flush(t.Context()); err == nil {
		t.Error("the database is down and no error says so")
	}
	delivery.Delivered(meter, user.User.ID, 5)
	flaky.down = false
	for range 2 {
		if err := meter.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	used(t, h, user, "two processes delivered 220005 bytes", func(got int64) bool { return got == 220_005 })
}

type flakyLog struct {
	delivery.Bandwidth
	down bool
}

func (f *flakyLog) AddBandwidth(ctx context.Context, day time.Time, d map[uuid.UUID]int64) error {
	if f.down {
		return errors.New("database is down")
	}
	return f.Bandwidth.AddBandwidth(ctx, day, d)
}
