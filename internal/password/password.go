// Package password hashes and checks passwords with argon2id and holds the
// rules for new ones. It bounds how many run at once, because each takes
// 19 MiB: a flood of sign-ins must cost neither memory nor the other routes.
package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"

	"longhaul/internal/lane"
	"longhaul/models"
)

// The parameters of new hashes: OWASP's minimum for argon2id.
const (
	memoryKiB = 19456
	passes    = 2
	lanes     = 1
	saltSize  = 16
	keySize   = 32
)

const (
	maxParallel = 4  // hashes at once
	waiting     = 64 // callers that may wait for their turn
)

// parallel is how many hashes run at once: half of the processors at most, so
// that a flood of sign-ins leaves the other half to everyone else.
func parallel() int { return min(max(runtime.GOMAXPROCS(0)/2, 1), maxParallel) }

// Hasher hashes and verifies passwords, a few at a time. It is safe for
// concurrent use.
type Hasher struct{ lane *lane.Lane }

// NewHasher returns a hasher.
func NewHasher() *Hasher { return &Hasher{lane.New(parallel(), waiting)} }

// Check reports whether a new password may be used; see Check of the package.
func (h *Hasher) Check(password, email string) error { return Check(password, email) }

// Hash returns the PHC string of a password. It fails with rate_limited when
// too many callers wait already, and when ctx ends before its turn.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	p := phc{memory: memoryKiB, time: passes, threads: lanes, salt: salt}
	key, err := h.derive(ctx, p, password, keySize)
	if err != nil {
		return "", err
	}
	p.key = key
	return p.String(), nil
}

// Verify reports whether the password fits the hash. An empty or unreadable
// hash never fits and takes as long as a real one, so that an answer does not
// tell whether an account exists. It fails as Hash does.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	p, ok := parsePHC(hash)
	if !ok {
		p = phc{memory: memoryKiB, time: passes, threads: lanes, salt: make([]byte, saltSize), key: make([]byte, keySize)}
	}
	key, err := h.derive(ctx, p, password, uint32(len(p.key)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, p.key) == 1 && ok, nil
}

// NeedsRehash reports whether the hash was made with other parameters than new
// ones are; see NeedsRehash of the package.
func (h *Hasher) NeedsRehash(hash string) bool { return NeedsRehash(hash) }

// NeedsRehash reports whether the hash was made with other parameters than new
// ones are; the caller replaces it after the next successful sign-in.
func NeedsRehash(hash string) bool {
	p, ok := parsePHC(hash)
	return !ok || p.memory != memoryKiB || p.time != passes || p.threads != lanes ||
		len(p.salt) < saltSize || len(p.key) != keySize
}

func (h *Hasher) derive(ctx context.Context, p phc, password string, size uint32) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !h.lane.Join() {
		return nil, models.Errorf(models.CodeRateLimited, "Too many sign-ins at once. Try again in a moment.")
	}
	defer h.lane.Leave()
	var key []byte
	err := h.lane.Do(ctx, func() error {
		key = argon2.IDKey([]byte(password), p.salt, p.time, p.memory, p.threads, size)
		return nil
	})
	return key, err
}

// phc is a hash in PHC string form: $argon2id$v=19$m=…,t=…,p=…$salt$key.
type phc struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

// String returns the PHC string.
func (p phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.time, p.threads,
		base64.RawStdEncoding.EncodeToString(p.salt), base64.RawStdEncoding.EncodeToString(p.key))
}

// parsePHC reads a PHC string. Parameters far over ours are refused: a hash
// that came from elsewhere must not take the machine down.
func parsePHC(s string) (phc, bool) {
	f := strings.Split(s, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" || f[2] != "v="+strconv.Itoa(argon2.Version) {
		return phc{}, false
	}
	var p phc
	if n, err := fmt.Sscanf(f[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads); err != nil || n != 3 {
		return phc{}, false
	}
	var err error
	if p.salt, err = base64.RawStdEncoding.DecodeString(f[4]); err != nil {
		return phc{}, false
	}
	if p.key, err = base64.RawStdEncoding.DecodeString(f[5]); err != nil {
		return phc{}, false
	}
	sane := p.memory >= 8 && p.memory <= 256<<10 && p.time >= 1 && p.time <= 16 && p.threads >= 1 && p.threads <= 16 &&
		len(p.salt) >= 8 && len(p.salt) <= 64 && len(p.key) >= 16 && len(p.key) <= 64
	return p, sane
}
