package objstore_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/objstore"
	"longhaul/internal/objstore/objstoretest"
	"longhaul/models"
)

func newKey() string { return "jobs/" + uuid.NewString() + "/" + uuid.NewString() }

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

func read(t *testing.T, c *objstore.Client, key string, offset, length int64) []byte {
	t.Helper()
	r, err := c.Get(t.Context(), key, "", offset, length)
	if err != nil {
		t.Fatalf("get %d+%d: %v", offset, length, err)
	}
	b, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return b
}

func wantCode(t *testing.T, err error, code models.Code) {
	t.Helper()
	if err == nil || models.CodeOf(err) != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestObjects(t *testing.T) {
	t.Parallel()
	c, key, body := objstoretest.New(t), newKey(), randomBytes(100_000)
	if err := c.Put(t.Context(), key, body, "video/mp4"); err != nil {
		t.Fatal(err)
	}
	o, err := c.Head(t.Context(), key)
	if err != nil || o.Size != 100_000 || o.ContentType != "video/mp4" || o.ETag == "" || time.Since(o.ModifiedAt) > time.Hour {
		t.Errorf("head: %+v, %v", o, err)
	}
	for _, r := range []struct{ offset, length int64 }{{0, -1}, {0, 1}, {99_999, 1}, {500, 1000}, {500, -1}, {5, 0}} {
		end := r.offset + r.length
		if r.length < 0 {
			end = 100_000
		}
		if !bytes.Equal(read(t, c, key, r.offset, r.length), body[r.offset:end]) {
			t.Errorf("range %+v differs", r)
		}
	}
	_, err = c.Get(t.Context(), key, "", 100_000, 5)
	wantCode(t, err, models.CodeInvalid)
	if err := errors.Join(c.Delete(t.Context(), key), c.Delete(t.Context(), key)); err != nil {
		t.Errorf("delete twice: %v", err)
	}
	_, err = c.Head(t.Context(), key)
	wantCode(t, err, models.CodeNotFound)
	_, err = c.Get(t.Context(), key, "", 0, -1)
	wantCode(t, err, models.CodeNotFound)
}

func TestEmptyObject(t *testing.T) {
	t.Parallel()
	c, key := objstoretest.New(t), newKey()
	if err := c.Put(t.Context(), key, nil, "text/plain"); err != nil {
		t.Fatal(err)
	}
	if o, err := c.Head(t.Context(), key); err != nil || o.Size != 0 {
		t.Errorf("head: %+v, %v", o, err)
	}
	if got := read(t, c, key, 0, -1); len(got) != 0 {
		t.Errorf("got %d bytes", len(got))
	}
}

func TestKeysAreIDs(t *testing.T) {
	t.Parallel()
	c := objstoretest.New(t)
	for _, key := range []string{"", "jobs/../x", "jobs/Ä", "jobs/a b", "jobs/A", "jobs/x.mkv"} {
		if c.Put(t.Context(), key, nil, "") == nil {
			t.Errorf("%q is taken as a key", key)
		}
		if _, _, err := c.PresignPut(t.Context(), key, 1, objstore.CRC32C(nil), "", time.Minute); err == nil {
			t.Errorf("%q is signed as a key", key)
		}
	}
	if c.DeletePrefix(t.Context(), "jobs") == nil {
		t.Error("a prefix without a slash is taken")
	}
}

func TestListAndDeletePrefix(t *testing.T) {
	t.Parallel()
	c := objstoretest.New(t)
	mine, other := "jobs/"+uuid.NewString()+"/", newKey()
	if err := c.Put(t.Context(), other, []byte("x"), ""); err != nil {
		t.Fatal(err)
	}
	var want []string
	for range 25 {
		key := mine + uuid.NewString()
		if err := c.Put(t.Context(), key, []byte("hello"), ""); err != nil {
			t.Fatal(err)
		}
		want = append(want, key)
	}
	slices.Sort(want)
	var got []string
	err := c.List(t.Context(), mine, func(o objstore.Object) error {
		got = append(got, o.Key)
		if o.Size != 5 || time.Since(o.ModifiedAt) > time.Hour {
			t.Errorf("listed %+v", o)
		}
		return nil
	})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("listed %d of %d, %v", len(got), len(want), err)
	}
	stop := errors.New("enough")
	if err := c.List(t.Context(), mine, func(objstore.Object) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	if err := errors.Join(c.DeletePrefix(t.Context(), mine), c.DeletePrefix(t.Context(), mine)); err != nil {
		t.Fatal(err)
	}
	err = c.List(t.Context(), mine, func(o objstore.Object) error { return fmt.Errorf("%s is left", o.Key) })
	if err != nil {
		t.Error(err)
	}
	if _, err := c.Head(t.Context(), other); err != nil {
		t.Errorf("an object outside the prefix is gone: %v", err)
	}
}

// put sends a body with headers to a signed address and returns the status.
func put(t *testing.T, method, address string, headers map[string]string, body io.Reader) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	req.Close = true // a refusal may come before the body was sent
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error() // the server hung up on it: nothing is stored either
	}
	said, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode < 300 {
		return resp.StatusCode, resp.Header.Get("ETag")
	}
	return resp.StatusCode, string(said)
}

func TestMultipart(t *testing.T) {
	t.Parallel()
	c, key := objstoretest.New(t), newKey()
	body := randomBytes(5<<20 + 4321) // two parts, S3's smallest first one
	pieces := [][]byte{body[:5<<20], body[5<<20:]}
	upload, err := c.CreateMultipart(t.Context(), key, "video/mp4")
	if err != nil {
		t.Fatal(err)
	}
	wantOpen(t, c, key, upload, true)
	var parts []models.Part
	for i, p := range pieces {
		address, headers, err := c.PresignPart(t.Context(), key, upload, i+1, int64(len(p)), objstore.CRC32C(p), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		status, etag := put(t, http.MethodPut, address, headers, bytes.NewReader(p))
		if status != http.StatusOK || etag == "" {
			t.Fatalf("part %d: %d %s", i+1, status, etag)
		}
		parts = append(parts, models.Part{Number: i + 1, Size: int64(len(p)), CRC32C: objstore.CRC32C(p), ETag: etag})
	}
	listed, err := c.ListParts(t.Context(), key, upload)
	if err != nil || len(listed) != 2 {
		t.Fatalf("parts: %+v, %v", listed, err)
	}
	for i, p := range listed {
		if p.Number != parts[i].Number || p.Size != parts[i].Size || p.ETag != parts[i].ETag || p.CRC32C != parts[i].CRC32C {
			t.Errorf("part %+v, want %+v", p, parts[i])
		}
	}
	wrong := slices.Clone(parts)
	wrong[1].CRC32C = objstore.CRC32C([]byte("another"))
	if _, err := c.CompleteMultipart(t.Context(), key, upload, wrong); err == nil {
		t.Error("completed with a checksum that no part has")
	}
	if _, err := c.CompleteMultipart(t.Context(), key, upload, parts); err != nil {
		t.Fatal(err)
	}
	_, err = c.CompleteMultipart(t.Context(), key, upload, parts)
	if err != nil {
		wantCode(t, err, models.CodeNotFound)
	}
	o, err := c.Head(t.Context(), key)
	if err != nil || o.Size != int64(len(body)) || o.ContentType != "video/mp4" {
		t.Errorf("head: %+v, %v", o, err)
	}
	if !bytes.Equal(read(t, c, key, 0, -1), body) {
		t.Error("the object is not its parts")
	}
	wantOpen(t, c, key, upload, false)
}

func wantOpen(t *testing.T, c *objstore.Client, key, upload string, want bool) {
	t.Helper()
	open := false
	err := c.ListMultiparts(t.Context(), key, func(u objstore.Upload) error {
		open = open || u.Key == key && u.ID == upload && time.Since(u.InitiatedAt) < time.Hour
		return nil
	})
	if err != nil || open != want {
		t.Errorf("upload open %t, want %t, %v", open, want, err)
	}
}

func TestAbortMultipart(t *testing.T) {
	t.Parallel()
	c, key := objstoretest.New(t), newKey()
	upload, err := c.CreateMultipart(t.Context(), key, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.AbortMultipart(t.Context(), key, upload), c.AbortMultipart(t.Context(), key, upload)); err != nil {
		t.Errorf("abort twice: %v", err)
	}
	wantOpen(t, c, key, upload, false)
	_, err = c.ListParts(t.Context(), key, upload)
	wantCode(t, err, models.CodeNotFound)
}

// TestSignedAddressTakesNothingElse holds what the defence against a hostile
// agent rests on: the holder of an address can store the announced bytes at
// the announced place, or nothing.
func TestSignedAddressTakesNothingElse(t *testing.T) {
	t.Parallel()
	good := randomBytes(70_000)
	sum := objstore.CRC32C(good)
	other := randomBytes(70_000)
	type try struct {
		address string
		headers map[string]string
	}
	tests := []struct {
		name   string
		method string
		change func(*try)
		body   func() io.Reader
	}{
		{name: "shorter", body: sends(good[:69_999])},
		{name: "longer", body: sends(append(slices.Clone(good), 'x'))},
		{name: "empty", body: sends(nil)},
		{name: "length not told", body: func() io.Reader { return struct{ io.Reader }{bytes.NewReader(good)} }},
		{name: "other bytes", body: sends(other)},
		{name: "other bytes with their own checksum", body: sends(other), change: func(s *try) {
			s.headers["X-Amz-Checksum-Crc32c"] = objstore.CRC32C(other)
		}},
		{name: "checksum left out", body: sends(other), change: func(s *try) {
			delete(s.headers, "X-Amz-Checksum-Crc32c")
		}},
		{name: "checksum of another kind", body: sends(other), change: func(s *try) {
			delete(s.headers, "X-Amz-Checksum-Crc32c")
			s.headers["X-Amz-Checksum-Crc32"] = "AAAAAA=="
		}},
		{name: "another object", body: sends(good), change: func(s *try) { s.address = swapKey(s.address) }},
		{name: "another signature", body: sends(good), change: func(s *try) { s.address += "0" }},
		{name: "another method", method: http.MethodDelete, body: sends(nil)},
	}
	for _, tt := range tests {
		for _, whole := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/whole=%t", tt.name, whole), func(t *testing.T) {
				t.Parallel()
				c, key := objstoretest.New(t), newKey()
				s, upload := try{}, ""
				var err error
				if whole {
					s.address, s.headers, err = c.PresignPut(t.Context(), key, 70_000, sum, "video/mp4", time.Minute)
				} else {
					if upload, err = c.CreateMultipart(t.Context(), key, "video/mp4"); err != nil {
						t.Fatal(err)
					}
					s.address, s.headers, err = c.PresignPart(t.Context(), key, upload, 1, 70_000, sum, time.Minute)
				}
				if err != nil {
					t.Fatal(err)
				}
				s.headers = maps.Clone(s.headers)
				if tt.change != nil {
					tt.change(&s)
				}
				method := tt.method
				if method == "" {
					method = http.MethodPut
				}
				body := tt.body()
				status, said := put(t, method, s.address, s.headers, body)
				if status != 0 && status < 400 {
					t.Errorf("taken with %d", status)
				}
				wantNothing(t, c, key, upload)
				t.Logf("refused with %d %.150s", status, said)
			})
		}
	}
}

func sends(body []byte) func() io.Reader { return func() io.Reader { return bytes.NewReader(body) } }

func wantNothing(t *testing.T, c *objstore.Client, key, upload string) {
	t.Helper()
	_, err := c.Head(t.Context(), key)
	wantCode(t, err, models.CodeNotFound)
	if upload == "" {
		return
	}
	parts, err := c.ListParts(t.Context(), key, upload)
	if err != nil || len(parts) != 0 {
		t.Errorf("stored parts %+v, %v", parts, err)
	}
}

func swapKey(address string) string {
	i := bytes.Index([]byte(address), []byte("/jobs/")) + len("/jobs/")
	flip := byte('0')
	if address[i] == flip {
		flip = '1'
	}
	return address[:i] + string(flip) + address[i+1:]
}

func TestSignedPut(t *testing.T) {
	t.Parallel()
	c, key, body := objstoretest.New(t), newKey(), randomBytes(70_000)
	address, headers, err := c.PresignPut(t.Context(), key, 70_000, objstore.CRC32C(body), "image/png", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a retry of the same is harmless
		if status, said := put(t, http.MethodPut, address, headers, bytes.NewReader(body)); status != http.StatusOK {
			t.Fatalf("got %d %s", status, said)
		}
	}
	o, err := c.Head(t.Context(), key)
	if err != nil || o.Size != 70_000 || o.ContentType != "image/png" {
		t.Errorf("head: %+v, %v", o, err)
	}
}

func TestSignedAddressExpires(t *testing.T) {
	t.Parallel()
	c, key, body := objstoretest.New(t), newKey(), []byte("late")
	address, headers, err := c.PresignPut(t.Context(), key, 4, objstore.CRC32C(body), "", time.Nanosecond)
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := put(t, http.MethodPut, address, headers, bytes.NewReader(body)); status < 400 {
		t.Errorf("taken with %d", status)
	}
}

func TestPublicEndpointIsSigned(t *testing.T) {
	t.Parallel()
	cfg := objstoretest.Config(t)
	cfg.PublicEndpoint = "https://s3.example.com"
	c, err := objstore.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	address, headers, err := c.PresignPut(t.Context(), "jobs/a/b", 4, objstore.CRC32C(nil), "", time.Minute)
	if err != nil || len(address) < 30 || address[:30] != "https://s3.example.com/longhau" {
		t.Errorf("got %s, %v", address, err)
	}
	if headers["Host"] != "" || headers["Content-Length"] != "" || headers["X-Amz-Checksum-Crc32c"] == "" {
		t.Errorf("headers %v", headers)
	}
}

func TestStorageAwayIsStorageFailing(t *testing.T) {
	t.Parallel()
	cfg := objstoretest.Config(t)
	cfg.Bucket = "no-such-bucket"
	c, err := objstore.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Put(t.Context(), "jobs/a/b", nil, ""); models.AsError(err).Problem != models.ProblemStorageFailing {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Head(ctx, "jobs/a/b"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := objstore.New(objstore.Config{Endpoint: "s3:9000", Region: "x", Bucket: "b", AccessKeyID: "i", SecretAccessKey: "s"}); err == nil {
		t.Error("an endpoint without a scheme is taken")
	}
}

// TestWriteProbeSeesAStorageThatRefuses asks for a bucket that is there and for
// one that takes no write.
func TestWriteProbeSeesAStorageThatRefuses(t *testing.T) {
	t.Parallel()
	cfg := objstoretest.Config(t)
	now := time.Unix(0, 0)
	probe := func() *objstore.WriteProbe {
		c, err := objstore.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		return objstore.NewWriteProbe(c, func() time.Time { return now })
	}
	good := probe()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := good.Check(cancelled); err == nil {
		t.Error("a cancelled check went well")
	}
	for range 2 {
		if err := good.Check(t.Context()); err != nil {
			t.Errorf("a bucket that takes writes: %v", err)
		}
	}
	cfg.SecretAccessKey = "wrong"
	bad := probe()
	for range 2 {
		if err := bad.Check(t.Context()); models.AsError(err).Problem != models.ProblemStorageFailing {
			t.Errorf("a bucket that refuses: %v", err)
		}
	}
}
