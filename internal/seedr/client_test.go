package seedr_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"longhaul/internal/seedr"
	"longhaul/internal/seedr/seedrtest"
	"longhaul/models"
)

const (
	hash   = "08ada5a7a6183aae1e09d831df6748d566095a10"
	magnet = "magnet:?xt=urn:btih:" + hash + "&dn=Sintel"
)

var pattern = []byte("0123456789abcdefghijklmnopqrstuvwxyz-")

// album is a content with folders; its name has what Seedr changes.
func album() seedrtest.Content {
	file := func(path string, size int64) seedrtest.ContentFile {
		return seedrtest.ContentFile{Path: path, Size: size, Open: seedrtest.Repeat(pattern, size)}
	}
	return seedrtest.Content{Name: "Sintel", Files: []seedrtest.ContentFile{
		file("a.mkv", 3<<20), file("extras/notes.txt", 31), file("extras/deep/b.bin", 1<<20),
	}}
}

// start starts a simulator with the album behind it.
func start(t testing.TB, change func(*seedrtest.Switches)) (*seedrtest.Sim, *seedr.Client) {
	t.Helper()
	sw := seedrtest.Default()
	sw.MoveDelay = time.Millisecond
	sw.CallsPerSecond = 0
	if change != nil {
		change(&sw)
	}
	library := &seedrtest.Library{}
	library.Put(hash, album())
	sim, err := seedrtest.Start(seedrtest.Options{Email: email, Password: canary, Fetcher: library, Switches: sw})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	return sim, newClient(t, sim.URL().String())
}

// finish waits until a transfer is done and returns what it left.
func finish(t *testing.T, c *seedr.Client, added seedr.Added) seedr.Result {
	t.Helper()
	for {
		tr, err := c.Transfer(t.Context(), added.ID)
		if err != nil && seedr.KindOf(err) != seedr.KindGone {
			t.Fatal(err)
		}
		if err == nil && tr.Done() && tr.FolderID != 0 {
			return seedr.Result{FolderID: tr.FolderID}
		}
		root, err := c.Root(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, running := root.FindTransfer(hash); running {
			continue
		}
		if r, ok := seedr.FindResult(root, "Sintel"); ok {
			return r
		}
	}
}

func read(t *testing.T, c *seedr.Client, f seedr.File) []byte {
	t.Helper()
	link, err := c.FileURL(t.Context(), f.ID)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Open(t.Context(), link, 0, f.Size, f.Size)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b, err := io.ReadAll(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestFlow carries a magnet from the add to an empty account, for each way in
// which the real service may behave.
func TestFlow(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*seedrtest.Switches){
		"modern":         nil,
		"legacy":         func(s *seedrtest.Switches) { s.Generation = seedrtest.Legacy },
		"strings":        func(s *seedrtest.Switches) { s.StringNumbers = true },
		"legacy strings": func(s *seedrtest.Switches) { s.Generation, s.StringNumbers = seedrtest.Legacy, true },
		"late folder":    func(s *seedrtest.Switches) { s.FolderDelay = 600 * time.Millisecond },
		"no folder id":   func(s *seedrtest.Switches) { s.HideFolderID = true },
		"forgotten":      func(s *seedrtest.Switches) { s.ForgetDone = true },
		"early folder":   func(s *seedrtest.Switches) { s.EarlyFolder, s.MoveDelay = true, 300*time.Millisecond },
		"late metadata":  func(s *seedrtest.Switches) { s.MetadataDelay = 300 * time.Millisecond },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, c := start(t, change)
			account, _, err := c.Verify(t.Context())
			if err != nil || account.Plan != "MASTER" || account.Slots != 25 || account.SpaceMax != 1<<40 || account.SpaceUsed != 0 {
				t.Fatalf("verify: %+v, %v", account, err)
			}
			added, err := c.AddMagnet(t.Context(), magnet)
			if err != nil || added.ID == 0 || added.InfoHash != hash {
				t.Fatalf("add: %+v, %v", added, err)
			}
			result := finish(t, c, added)
			files, err := c.Tree(t.Context(), result.FolderID)
			if err != nil || len(files) != 3 {
				t.Fatalf("tree: %+v, %v", files, err)
			}
			got := make(map[string][]byte)
			for _, f := range files {
				got[f.Path] = read(t, c, f)
			}
			for _, want := range album().Files {
				all, _ := io.ReadAll(want.Open(0))
				if !bytes.Equal(got[want.Path], all) {
					t.Errorf("%s: %d bytes differ from the %d of the source", want.Path, len(got[want.Path]), len(all))
				}
			}
			if err := c.DeleteFolder(t.Context(), result.FolderID); err != nil {
				t.Error(err)
			}
			if err := c.DeleteFolder(t.Context(), result.FolderID); seedr.KindOf(err) != seedr.KindGone {
				t.Errorf("deleting again: %v", err)
			}
			if err := sim.Empty(); err != nil {
				t.Error(err)
			}
			if s := sim.Stats(); len(s.Violations) > 0 || s.Adds[hash] != 1 || s.MaxReaders > 2 {
				t.Errorf("stats: %+v", s)
			}
		})
	}
}

func TestSingleFileInTheRoot(t *testing.T) {
	t.Parallel()
	library := &seedrtest.Library{}
	library.Put(hash, seedrtest.Content{Name: "Sintel [2010].mkv", Files: []seedrtest.ContentFile{
		{Path: "Sintel [2010].mkv", Size: 5000, Open: seedrtest.Repeat(pattern, 5000)},
	}})
	sw := seedrtest.Default()
	sw.SingleInRoot, sw.MangleNames, sw.CallsPerSecond = true, true, 0
	sim, err := seedrtest.Start(seedrtest.Options{Email: email, Password: canary, Fetcher: library, Switches: sw})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	c := newClient(t, sim.URL().String())
	if _, err := c.AddMagnet(t.Context(), magnet); err != nil {
		t.Fatal(err)
	}
	var found seedr.Result
	for ok := false; !ok; {
		root, err := c.Root(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found, ok = seedr.FindResult(root, "Sintel [2010].mkv")
	}
	if found.File == nil || len(read(t, c, *found.File)) != 5000 {
		t.Errorf("found %+v", found)
	}
	if err := c.DeleteFile(t.Context(), found.File.ID); err != nil {
		t.Error(err)
	}
	if err := sim.Empty(); err != nil {
		t.Error(err)
	}
}

func TestDuplicatesFullAccountsAndTheWishlist(t *testing.T) {
	t.Parallel()
	for _, generation := range []seedrtest.Generation{seedrtest.Modern, seedrtest.Legacy} {
		for _, as200 := range []bool{false, true} {
			sim, c := start(t, func(s *seedrtest.Switches) { s.Generation, s.Slots, s.WishAs200 = generation, 1, as200 })
			dead := "magnet:?xt=urn:btih:" + strings.Repeat("ab", 20)
			if _, err := c.AddMagnet(t.Context(), dead); err != nil {
				t.Fatal(err)
			}
			if _, err := c.AddMagnet(t.Context(), dead); seedr.KindOf(err) != seedr.KindDuplicate {
				t.Errorf("%s: duplicate: %v", generation, err)
			}
			_, err := c.AddMagnet(t.Context(), magnet)
			e, ok := errors.AsType[*seedr.Error](err)
			if !ok || e.Wish == nil || e.Wish.InfoHash != hash || (!as200 && e.Kind != seedr.KindSlots) {
				t.Fatalf("%s: full: %v", generation, err)
			}
			wishes, err := c.Wishlist(t.Context())
			if err != nil || len(wishes) != 1 || wishes[0].ID != e.Wish.ID {
				t.Errorf("%s: wishlist %+v, %v", generation, wishes, err)
			}
			if err := c.RemoveWish(t.Context(), e.Wish.ID); err != nil {
				t.Error(err)
			}
			if err := c.RemoveWish(t.Context(), e.Wish.ID); seedr.KindOf(err) != seedr.KindGone {
				t.Errorf("%s: removing again: %v", generation, err)
			}
			root, err := c.Root(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			tr, ok := root.FindTransfer(strings.Repeat("AB", 20))
			if !ok || tr.Size != 0 || tr.Progress != 0 || tr.Seeders != 0 {
				t.Errorf("a dead magnet: %+v, %v", tr, ok)
			}
			if err := c.DeleteTransfer(t.Context(), tr.ID); err != nil {
				t.Error(err)
			}
			if err := errors.Join(sim.Empty()); err != nil {
				t.Error(err)
			}
			if v := sim.Stats().Violations; len(v) > 0 {
				t.Error(v)
			}
		}
	}
}

// TestFaults injects each fault of a call once and checks what it is taken for.
func TestFaults(t *testing.T) {
	t.Parallel()
	want := map[seedrtest.Fault]seedr.Kind{
		seedrtest.FaultHTML500: seedr.KindHTML, seedrtest.FaultJSON500: seedr.KindTransient, seedrtest.FaultHTML200: seedr.KindHTML,
		seedrtest.FaultGarbage: seedr.KindMalformed, seedrtest.FaultHang: seedr.KindTransient, seedrtest.FaultReset: seedr.KindTransient,
		seedrtest.FaultLostAnswer: seedr.KindTransient, seedrtest.FaultLimitJSON: seedr.KindLimited,
		seedrtest.FaultLimitHTML: seedr.KindLimited, seedrtest.FaultLimit403: seedr.KindLimited, seedrtest.FaultAuth: seedr.KindAuth,
	}
	for _, f := range seedrtest.APIFaults {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			sim, _ := start(t, nil)
			c := newClient(t, sim.URL().String(), func(o *seedr.Options) { o.Timeout = 300 * time.Millisecond })
			sim.Inject(f, "add", 1)
			_, err := c.AddMagnet(t.Context(), magnet)
			if seedr.KindOf(err) != want[f] {
				t.Errorf("got %v", err)
			}
			if sim.Stats().Faults[f] != 1 {
				t.Error("the fault did not happen")
			}
			// After a lost answer the transfer is there, and only then.
			again := newClient(t, sim.URL().String())
			root, err := again.Root(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			_, running := root.FindTransfer(hash)
			if (running || len(root.Folders) > 0) != (f == seedrtest.FaultLostAnswer) {
				t.Errorf("running: %v", running)
			}
		})
	}
}

// link brings the album into the account and returns a link to its large file.
func link(t *testing.T, sim *seedrtest.Sim, c *seedr.Client) (*seedr.Link, seedr.File) {
	t.Helper()
	added, err := c.AddMagnet(t.Context(), magnet)
	if err != nil {
		t.Fatal(err)
	}
	files, err := c.Tree(t.Context(), finish(t, c, added).FolderID)
	if err != nil {
		t.Fatal(err)
	}
	l, err := c.FileURL(t.Context(), files[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return l, files[0]
}

func TestNodeFaults(t *testing.T) {
	t.Parallel()
	sim, c := start(t, nil)
	l, f := link(t, sim, c)
	for fault, want := range map[seedrtest.Fault]seedr.Kind{
		seedrtest.FaultNotReady: seedr.KindLink, seedrtest.FaultForbidden: seedr.KindLink, seedrtest.FaultBusy: seedr.KindReaders,
		seedrtest.FaultNode500: seedr.KindTransient, seedrtest.FaultShort: seedr.KindTransient, seedrtest.FaultCut: seedr.KindTransient,
	} {
		sim.Inject(fault, "", 1)
		s, err := c.Open(t.Context(), l, 0, f.Size, f.Size)
		n := int64(0)
		if err == nil {
			n, err = io.Copy(io.Discard, s)
			s.Close()
		}
		if seedr.KindOf(err) != want {
			t.Errorf("%s: %v", fault, err)
		}
		if fault == seedrtest.FaultNotReady && seedr.RetryAfter(err) != 5*time.Second {
			t.Errorf("wait %s", seedr.RetryAfter(err))
		}
		if fault == seedrtest.FaultShort && n != f.Size/2 {
			t.Errorf("%d good bytes before the end", n)
		}
	}
	// None of it is the API's fault: the account stays usable.
	if _, err := c.Root(t.Context()); err != nil {
		t.Error(err)
	}
	if got := read(t, c, f); int64(len(got)) != f.Size {
		t.Errorf("%d bytes", len(got))
	}
}

func TestLinksExpireAndRangesAreExact(t *testing.T) {
	t.Parallel()
	sim, c := start(t, nil)
	l, f := link(t, sim, c)
	if !l.Valid(time.Now()) || l.Valid(time.Now().Add(24*time.Hour)) || !l.Valid(time.Now().Add(23*time.Hour)) {
		t.Errorf("expires %s", l.Expires)
	}
	all, _ := io.ReadAll(seedrtest.Repeat(pattern, f.Size)(0))
	for _, r := range [][2]int64{{0, 1}, {f.Size - 1, 1}, {37, 1 << 20}, {f.Size / 2, f.Size - f.Size/2}} {
		s, err := c.Open(t.Context(), l, r[0], r[1], f.Size)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(s)
		s.Close()
		if err != nil || !bytes.Equal(b, all[r[0]:r[0]+r[1]]) {
			t.Errorf("range %v: %d bytes, %v", r, len(b), err)
		}
	}
	for _, r := range [][3]int64{{-1, 1, f.Size}, {0, 0, f.Size}, {0, f.Size + 1, f.Size}} {
		if _, err := c.Open(t.Context(), l, r[0], r[1], r[2]); seedr.KindOf(err) != seedr.KindBug {
			t.Errorf("range %v: %v", r, err)
		}
	}
	if _, err := c.Open(t.Context(), l, 0, 10, f.Size+1); seedr.KindOf(err) != seedr.KindLength || models.AsError(err).Problem != models.ProblemLengthMismatch {
		t.Errorf("a wrong size: %v", err)
	}
	sim.Set(func(s *seedrtest.Switches) { s.LinkLife = -time.Second })
	old, err := c.FileURL(t.Context(), f.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Open(t.Context(), old, 0, 1, f.Size); seedr.KindOf(err) != seedr.KindLink || old.Valid(time.Now()) {
		t.Errorf("an expired link: %v", err)
	}
	if _, err := c.FileURL(t.Context(), 5); seedr.KindOf(err) != seedr.KindGone {
		t.Errorf("no such file: %v", err)
	}
}

func TestALinkHasTwoReaders(t *testing.T) {
	t.Parallel()
	sim, c := start(t, nil)
	l, f := link(t, sim, c)
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			s, err := c.Open(t.Context(), l, 0, f.Size, f.Size)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if n, err := io.Copy(io.Discard, s); err != nil || n != f.Size {
				t.Errorf("%d bytes, %v", n, err)
			}
		})
	}
	wg.Wait()
	if s := sim.Stats(); s.MaxReaders != 2 || s.Refused != 0 {
		t.Errorf("at most %d readers, %d refused", s.MaxReaders, s.Refused)
	}
	// A reader that is given up frees its place; one that waits can give up.
	a, err1 := c.Open(t.Context(), l, 0, f.Size, f.Size)
	b, err2 := c.Open(t.Context(), l, 0, f.Size, f.Size)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Open(ctx, l, 0, 1, f.Size); !errors.Is(err, context.Canceled) {
		t.Errorf("a third reader: %v", err)
	}
	a.Close()
	a.Close()
	b.Close()
}

// TestCredentialsStayAtHome holds the client against answers that would carry
// the password, or the file's reader, to another place.
func TestCredentialsStayAtHome(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s was called, authorization %q", r.Method, r.URL, r.Header.Get("Authorization"))
	}))
	t.Cleanup(other.Close)
	elsewhere := strings.Replace(other.URL, "127.0.0.1", "127.0.0.2", 1)
	for _, location := range []string{
		elsewhere + "/ff_get/1/2/x", "http://user:pass@127.0.0.1/x", "file:///etc/passwd", "https://evil.example/x", "", "http://seedr.cc/x",
	} {
		c := answering(t, http.StatusFound, "Location: "+location, "")
		if l, err := c.FileURL(t.Context(), 5); seedr.KindOf(err) != seedr.KindMalformed {
			t.Errorf("%q: %v, %v", location, l, err)
		}
	}
	if _, err := answering(t, 302, "Location: "+other.URL, "").Root(t.Context()); seedr.KindOf(err) != seedr.KindHTML {
		t.Errorf("a redirected listing: %v", err)
	}
	for _, base := range []string{"http://www.seedr.cc/rest", "http://10.0.0.1/rest", "ftp://127.0.0.1/rest"} {
		u, _ := url.Parse(base)
		if _, err := seedr.New(seedr.Options{URL: u, Email: email, Password: canary, Allow: loopback}); err == nil {
			t.Errorf("%s is accepted", base)
		}
	}
	// Without the operator's word a private address is not called at all.
	u, _ := url.Parse("https://127.0.0.1:" + strings.Split(other.URL, ":")[2] + "/rest")
	c, err := seedr.New(seedr.Options{URL: u, Email: email, Password: canary})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Root(t.Context()); seedr.KindOf(err) != seedr.KindTransient {
		t.Errorf("a private address: %v", err)
	}
}

// TestTheCanaryIsNowhere walks failures with a password that is easy to find.
func TestTheCanaryIsNowhere(t *testing.T) {
	t.Parallel()
	var logs bytes.Buffer
	var all []string
	see := func(v ...any) { all = append(all, fmt.Sprint(v...), fmt.Sprintf("%+v %#v", v, v)) }
	sim, _ := start(t, nil)
	c := newClient(t, sim.URL().String(), func(o *seedr.Options) {
		o.Log, o.Timeout = slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug})), 200*time.Millisecond
	})
	see(c)
	for _, f := range seedrtest.APIFaults {
		sim.Inject(f, "", 1)
		_, err := c.Root(t.Context())
		see(err, models.AsError(err))
	}
	_, err := c.Wishlist(t.Context())
	see(err)
	sim.Close()
	_, _, err = c.Verify(t.Context())
	see(err)
	state, _, _ := c.State(t.Context())
	see(state)
	_, err = seedr.New(seedr.Options{URL: sim.URL(), Email: email, Password: canary})
	see(err)
	all = append(all, logs.String())
	for _, s := range all {
		for _, secret := range []string{canary, "canary-p4ss", url.QueryEscape(canary), "c2VlZHItY2FuYXJ5"} {
			if strings.Contains(s, secret) {
				t.Errorf("the password is in %q", s)
			}
		}
	}
}
