package api

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limit is a kind of request that is limited per key.
type Limit string

// The limits and what their key is.
const (
	LimitLoginIP      Limit = "login_ip"      // sign-ins and other secrets tried, per client address
	LimitLoginPair    Limit = "login_pair"    // sign-ins tried, per account and client address
	LimitLoginAccount Limit = "login_account" // sign-ins tried, per account; wide, so that nobody locks another out
	LimitSubmit       Limit = "submit"        // jobs submitted, per account
	LimitInspect      Limit = "inspect"       // sources inspected, per account
	LimitAction       Limit = "action"        // acts on jobs, per account
	LimitArchive      Limit = "archive"       // zips begun, per account
)

// Limiter refuses what comes too often.
type Limiter interface {
	// Allow counts one request and answers a models.Error of rate_limited
	// when the key has had too many.
	Allow(l Limit, key string) error
}

// maxKeys bounds the memory of a limiter; beyond it new keys share one budget.
const maxKeys = 100_000

// allowance is how many at once and how fast they come back.
type allowance struct {
	burst int
	every time.Duration
}

func allowances() map[Limit]allowance {
	return map[Limit]allowance{
		LimitLoginIP:      {20, 3 * time.Second},
		LimitLoginPair:    {10, 6 * time.Second},
		LimitLoginAccount: {100, 10 * time.Second},
		LimitSubmit:       {1000, 100 * time.Millisecond},
		LimitInspect:      {30, 2 * time.Second},
		LimitAction:       {300, 100 * time.Millisecond},
		LimitArchive:      {20, 10 * time.Second},
	}
}

// MemoryLimiter limits within one process.
type MemoryLimiter struct {
	now func() time.Time

	mu    sync.Mutex
	keys  map[limitKey]*rate.Limiter
	swept time.Time
}

type limitKey struct {
	limit Limit
	key   string
}

// NewMemoryLimiter returns a limiter by the clock given.
func NewMemoryLimiter(now func() time.Time) *MemoryLimiter {
	return &MemoryLimiter{now: now, keys: map[limitKey]*rate.Limiter{}, swept: now()}
}

// Allow implements Limiter.
func (m *MemoryLimiter) Allow(l Limit, key string) error {
	a, ok := allowances()[l]
	if !ok {
		return nil
	}
	if l == LimitLoginIP {
		key = network(key)
	}
	now := m.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(now)
	k := limitKey{l, key}
	bucket := m.keys[k]
	if bucket == nil {
		if len(m.keys) >= maxKeys {
			k.key = ""
		}
		if bucket = m.keys[k]; bucket == nil {
			bucket = rate.NewLimiter(rate.Every(a.every), a.burst)
			m.keys[k] = bucket
		}
	}
	r := bucket.ReserveN(now, 1)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return rateLimited(wait)
	}
	return nil
}

// sweep forgets keys whose budget is whole again.
func (m *MemoryLimiter) sweep(now time.Time) {
	if now.Sub(m.swept) < time.Minute && len(m.keys) < maxKeys {
		return
	}
	if now.Sub(m.swept) < time.Second {
		return // full of live keys: do not walk them all for every request
	}
	m.swept = now
	for k, bucket := range m.keys {
		if bucket.TokensAt(now) >= float64(bucket.Burst()) {
			delete(m.keys, k)
		}
	}
}

// network is what one household has of the address space: an IPv4 address or
// an IPv6 /64.
func network(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	addr = addr.Unmap()
	if addr.Is4() {
		return addr.String()
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return ip
	}
	return prefix.String()
}
