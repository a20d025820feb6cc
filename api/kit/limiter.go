package kit

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"longhaul/internal/lane"
)

// Limit is a kind of request that is limited per key.
type Limit string

// The limits and what their key is.
const (
	LimitLoginIP      Limit = "login_ip"      // sign-ins and other secrets tried, per client address; wide, as many people may share one
	LimitLoginPair    Limit = "login_pair"    // sign-ins tried, per account and client address
	LimitLoginAccount Limit = "login_account" // sign-ins tried, per account; wide, so that nobody locks another out
	LimitRegisterIP   Limit = "register_ip"   // accounts registered, per client address
	LimitResetIP      Limit = "reset_ip"      // password resets asked for, per client address
	LimitResetAccount Limit = "reset_account" // password resets asked for, per address of an account: it bounds the mails
	LimitVerify       Limit = "verify"        // one-time links tried, per client address
	LimitFactorPair   Limit = "factor_pair"   // second factors tried, per account and client address
	LimitFactor       Limit = "factor"        // second factors tried, per account; wide, so that nobody locks another out
	LimitNoticeIP     Limit = "notice_ip"     // takedown notices sent by the form, per client address
	LimitNoticeMail   Limit = "notice_mail"   // the same, per address they give: it bounds the mails
	LimitExport       Limit = "export"        // exports of an account's data, per account
	LimitToken        Limit = "token"         // API tokens, passkeys and other credentials made, per account
	LimitSubmit       Limit = "submit"        // jobs submitted, per account
	LimitInspect      Limit = "inspect"       // sources inspected, per account
	LimitAction       Limit = "action"        // acts on jobs, per account
	LimitArchive      Limit = "archive"       // zips started, per account
	LimitArchivePart  Limit = "archive_part"  // parts of zips asked for, per account

	LimitShareIP       Limit = "share_ip"       // shares opened, per client address
	LimitSharePair     Limit = "share_pair"     // passwords of shares tried, per share and client address
	LimitSharePassword Limit = "share_password" // passwords of shares tried, per share; wide, so that nobody locks visitors out
	LimitShareVisit    Limit = "share_visit"    // lists and links asked for by visitors of shares, per client address; wide
	LimitThumbnail     Limit = "thumbnail"      // thumbnails asked for by visitors of shares, per client address; wide
	LimitPlayback      Limit = "playback"       // positions that players save, per account
	LimitSubtitle      Limit = "subtitle"       // subtitles read and uploaded, per account
	LimitWebhook       Limit = "webhook"        // tests and replays of webhooks, per account
)

// Limiter refuses what comes too often. What it cannot decide it refuses too.
type Limiter interface {
	// Allow counts one request and answers a models.Error of rate_limited
	// when the key has had too many.
	Allow(ctx context.Context, l Limit, key string) error
	// AllowAll asks one limit after the other and stops at the first that
	// refuses.
	AllowAll(ctx context.Context, asks ...Ask) error
}

// Ask is one question to a limiter.
type Ask struct {
	Limit Limit
	Key   string
}

// Allowances keeps how much is left of each key's allowance, for all processes
// of the API together.
type Allowances interface {
	// TakeAllowance takes one of the key's allowance and returns 0, or how
	// long to wait for the next.
	TakeAllowance(ctx context.Context, key string, burst int, every time.Duration) (time.Duration, error)
}

// allowance is how many at once and how fast they come back.
type allowance struct {
	burst int
	every time.Duration
}

func (l Limit) allowance() (allowance, bool) {
	a, ok := map[Limit]allowance{
		LimitLoginIP:      {120, time.Second},
		LimitLoginPair:    {10, 6 * time.Second},
		LimitLoginAccount: {100, 10 * time.Second},
		LimitRegisterIP:   {10, 6 * time.Minute},
		LimitResetIP:      {10, time.Minute},
		LimitResetAccount: {3, 10 * time.Minute},
		LimitVerify:       {20, 6 * time.Second},
		LimitFactorPair:   {6, 30 * time.Second},
		LimitFactor:       {30, 2 * time.Minute}, // 720 tries a day find one of a million codes within years
		LimitNoticeIP:     {10, 6 * time.Minute},
		LimitNoticeMail:   {5, 10 * time.Minute},
		LimitExport:       {3, 8 * time.Hour},
		LimitToken:        {20, time.Minute},
		LimitSubmit:       {1000, 100 * time.Millisecond},
		LimitInspect:      {30, 2 * time.Second},
		LimitAction:       {300, 100 * time.Millisecond},
		LimitArchive:      {20, 10 * time.Second},
		LimitArchivePart:  {60, 2 * time.Second},

		LimitShareIP:       {120, time.Second},
		LimitSharePair:     {10, 6 * time.Second},
		LimitSharePassword: {100, 10 * time.Second},
		LimitShareVisit:    {600, 50 * time.Millisecond},
		LimitThumbnail:     {3000, 10 * time.Millisecond},
		LimitPlayback:      {120, 500 * time.Millisecond}, // a player saves every 10 s
		LimitSubtitle:      {60, 500 * time.Millisecond},
		LimitWebhook:       {20, 5 * time.Second},
	}[l]
	return a, ok
}

// perNetwork reports whether the limit's key is a client address.
func (l Limit) perNetwork() bool {
	switch l {
	case LimitLoginIP, LimitRegisterIP, LimitResetIP, LimitVerify, LimitShareIP, LimitShareVisit, LimitThumbnail, LimitNoticeIP:
		return true
	default:
		return false
	}
}

// beforeSignIn reports whether strangers are asked for the limit, who may be
// any number.
func (l Limit) beforeSignIn() bool {
	switch l {
	case LimitLoginPair, LimitLoginAccount, LimitResetAccount, LimitSharePair, LimitSharePassword, LimitNoticeMail:
		return true
	default:
		return l.perNetwork()
	}
}

// busyTime is after how long to try again what was turned away.
const busyTime = 2 * time.Second

const (
	strangersAsked   = 2  // at a time
	strangersWaiting = 64 // for that
	refusedKeys      = 10_000
)

// SharedLimiter limits across all processes that share the allowances. Those
// who have not signed in are let through to the allowances a few at a time,
// and who has to wait yet is not let through at all.
type SharedLimiter struct {
	allowances Allowances
	strangers  *lane.Lane

	mu      sync.Mutex
	refused map[string]time.Time // until when a key has nothing left
}

// NewLimiter returns a limiter on the allowances.
func NewLimiter(a Allowances) *SharedLimiter {
	return &SharedLimiter{
		allowances: a, strangers: lane.New(strangersAsked, strangersWaiting), refused: map[string]time.Time{},
	}
}

// Allow implements Limiter. A fault of the allowances is returned, so that a
// limit which cannot be read lets nothing pass.
func (s *SharedLimiter) Allow(ctx context.Context, l Limit, key string) error {
	return s.AllowAll(ctx, Ask{l, key})
}

// AllowAll implements Limiter, as Allow does.
func (s *SharedLimiter) AllowAll(ctx context.Context, asks ...Ask) error {
	if !slices.ContainsFunc(asks, func(a Ask) bool { return a.Limit.beforeSignIn() }) {
		return s.take(ctx, asks)
	}
	if wait := s.waiting(asks); wait > 0 {
		return RateLimited(wait)
	}
	if !s.strangers.Join() {
		return errBusy()
	}
	defer s.strangers.Leave()
	return s.strangers.Do(ctx, func() error { return s.take(ctx, asks) })
}

func (s *SharedLimiter) take(ctx context.Context, asks []Ask) error {
	for _, ask := range asks {
		a, ok := ask.Limit.allowance()
		if !ok {
			return RateLimited(time.Minute) // a limit without figures is a fault of ours, and no way in
		}
		key := ask.key()
		wait, err := s.allowances.TakeAllowance(ctx, key, a.burst, a.every)
		if err != nil {
			return err
		}
		if wait > 0 {
			s.remember(key, wait)
			return RateLimited(wait)
		}
	}
	return nil
}

func (a Ask) key() string {
	key := a.Key
	if a.Limit.perNetwork() {
		key = Network(key)
	}
	return string(a.Limit) + " " + key
}

// waiting returns how long the first of the asks that was refused has to wait
// yet: no allowance comes back earlier than was said.
func (s *SharedLimiter) waiting(asks []Ask) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ask := range asks {
		key := ask.key()
		until, ok := s.refused[key]
		if !ok {
			continue
		}
		if wait := time.Until(until); wait > 0 {
			return wait
		}
		delete(s.refused, key)
	}
	return 0
}

func (s *SharedLimiter) remember(key string, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.refused) >= refusedKeys {
		clear(s.refused)
	}
	s.refused[key] = time.Now().Add(wait)
}

// Network is what one household has of the address space: an IPv4 address or
// an IPv6 /64.
func Network(ip string) string {
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
