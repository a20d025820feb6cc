package totp_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
	"time"

	app "github.com/pquerna/otp/totp"

	"longhaul/internal/totp"
)

// The secret of RFC 6238's test vectors, "12345678901234567890".
const rfcSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

func TestVectorsOfTheStandard(t *testing.T) {
	t.Parallel()
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if step, ok := totp.Match(rfcSecret, want, time.Unix(at, 0)); !ok || step != at/30 {
			t.Errorf("at %d: %s is the code of step %d, %v", at, want, step, ok)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	now := time.Unix(1111111111, 0)
	for off, good := range map[int64]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
		at := now.Add(time.Duration(off) * 30 * time.Second)
		code, err := app.GenerateCode(rfcSecret, at)
		if err != nil {
			t.Fatal(err)
		}
		step, ok := totp.Match(rfcSecret, " "+code[:3]+" "+code[3:], now)
		if ok != good || ok && step != at.Unix()/30 {
			t.Errorf("%d steps off: step %d, %v", off, step, ok)
		}
	}
	for _, bad := range []string{"", "1", "000000", "0504711", "abcdef", strings.Repeat("0", 5000)} {
		if _, ok := totp.Match(rfcSecret, bad, now); ok {
			t.Errorf("%.10q was taken", bad)
		}
	}
	if _, ok := totp.Match("not base32!", "050471", now); ok {
		t.Error("a secret that cannot be read has codes")
	}
}

func TestEnrol(t *testing.T) {
	t.Parallel()
	a, err := totp.Enrol("Longhaul", "somebody@example.com")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := totp.Enrol("Longhaul", "somebody@example.com")
	if a.Secret == b.Secret || len(a.Secret) != 32 || !strings.HasPrefix(a.URL, "otpauth://totp/Longhaul:") || !strings.Contains(a.URL, a.Secret) {
		t.Errorf("%+v", a)
	}
	if img, err := png.Decode(bytes.NewReader(a.QR)); err != nil || img.Bounds().Dx() < 200 {
		t.Errorf("the QR code: %v", err)
	}
}

func TestRecoveryCodes(t *testing.T) {
	t.Parallel()
	codes, hashes, err := totp.RecoveryCodes()
	if err != nil || len(codes) != 10 || len(hashes) != 10 {
		t.Fatalf("%v, %v", codes, err)
	}
	seen := map[string]bool{}
	for i, c := range codes {
		if seen[c] || len(c) != 19 || !totp.IsRecovery(c) || !bytes.Equal(hashes[i], totp.RecoveryHash(strings.ToUpper(strings.ReplaceAll(c, "-", " ")))) {
			t.Errorf("code %q", c)
		}
		seen[c] = true
	}
	if totp.IsRecovery("123456") {
		t.Error("an app's code passes for a recovery code")
	}
}
