// Package flood_test measures the sign-in under attack: what it takes and tells.
// It is apart from its neighbours because the race detector says nothing about
// figures, and makes a thousand password hashes ten times as dear.
package flood_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"longhaul/api/apitest"
	"longhaul/models"
)

// Neither the bytes nor the timing of a response reveals whether an address has
// an account. The worker's part of the requests runs at the same time, as in
// production. About one run in ten thousand fails by chance.
func TestAnswersDoNotTellWhoHasAnAccount(t *testing.T) {
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for look := time.Tick(100 * time.Millisecond); ctx.Err() == nil; {
			h.DoAccountRequests(ctx)
			select {
			case <-look:
			case <-ctx.Done():
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	for name, c := range map[string]struct{ path, body string }{
		"login":    {"login", `{"email":%q,"password":"a wrong password of some length"}`},
		"register": {"register", `{"email":%q,"password":"walnut ladder over the quiet harbour"}`},
		"reset":    {"reset", `{"email":%q}`},
		"resend":   {"verify/resend", `{"email":%q}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := sampler{h: h, client: &http.Client{Transport: &http.Transport{}}, path: c.path}
			for _, known := range draws(10) { // warm up
				s.ask(t, c.body, known, user.User.Email)
			}
			s.took = [2][]time.Duration{}
			for _, known := range draws(200) {
				s.ask(t, c.body, known, user.User.Email)
			}
			s.judge(t)
		})
	}
}

func quantile(d []time.Duration, q float64) time.Duration {
	d = slices.Clone(d)
	slices.Sort(d)
	return d[min(int(q*float64(len(d))), len(d)-1)].Round(10 * time.Microsecond)
}

// rankTest is the Mann-Whitney U test of two samples without ties, by its
// normal approximation: the probability that two samples of one population
// differ as much.
func rankTest(a, b []time.Duration) float64 {
	type value struct {
		at    time.Duration
		first bool
	}
	var all []value
	for _, d := range a {
		all = append(all, value{d, true})
	}
	for _, d := range b {
		all = append(all, value{d, false})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].at < all[j].at })
	ranks := 0.0
	for i, v := range all {
		if v.first {
			ranks += float64(i + 1)
		}
	}
	n, m := float64(len(a)), float64(len(b))
	u := ranks - n*(n+1)/2
	z := (u - n*m/2) / math.Sqrt(n*m*(n+m+1)/12)
	return math.Erfc(math.Abs(z) / math.Sqrt2)
}

// draws returns n of each in random order, so that what one request leaves
// behind slows both kinds alike.
func draws(n int) []int {
	out := make([]int, 2*n)
	for i := range n {
		out[i] = 1
	}
	rand.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// sampler collects answers about addresses without (0) and with (1) an
// account.
type sampler struct {
	h       *apitest.Harness
	client  *http.Client
	path    string
	answers [2][]byte
	took    [2][]time.Duration
}

func (s *sampler) ask(t *testing.T, body string, known int, email string) {
	t.Helper()
	if known == 0 {
		email = apitest.NewID().String() + "@example.com"
	}
	sent := strings.NewReader(fmt.Sprintf(body, email))
	started := time.Now()
	resp, err := s.client.Post(s.h.AppURL+"/api/v1/auth/"+s.path, "application/json", sent)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(resp.Body)
	s.took[known] = append(s.took[known], time.Since(started))
	resp.Body.Close()
	got = fmt.Appendf(nil, "%d %s %s", resp.StatusCode, headerNames(resp), apitest.WithoutID(got))
	if s.answers[known] != nil && !bytes.Equal(s.answers[known], got) {
		t.Fatalf("the answer changes: %s, then %s", s.answers[known], got)
	}
	s.answers[known] = got
	s.h.Server.Wait() // the record of a refused sign-in must not slow the next
}

func (s *sampler) judge(t *testing.T) {
	t.Helper()
	if !bytes.Equal(s.answers[0], s.answers[1]) {
		t.Errorf("known: %s\nunknown: %s", s.answers[1], s.answers[0])
	}
	known, unknown := s.took[1], s.took[0]
	p := rankTest(known, unknown)
	t.Logf("%d and %d samples; median known %v, unknown %v; p90 %v, %v; Mann-Whitney p = %.3f", len(known), len(unknown),
		quantile(known, 0.5), quantile(unknown, 0.5), quantile(known, 0.9), quantile(unknown, 0.9), p)
	spread := quantile(known, 0.75) - quantile(known, 0.25) + quantile(unknown, 0.75) - quantile(unknown, 0.25)
	if diff := (quantile(known, 0.5) - quantile(unknown, 0.5)).Abs(); p < 1e-4 && diff > spread/10 {
		t.Errorf("the timing reveals accounts: medians differ by %v, p = %g", diff, p)
	}
}

func headerNames(resp *http.Response) string {
	var names []string
	for name := range resp.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}
