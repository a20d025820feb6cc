package s3d_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os/signal"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sys/unix"

	"longhaul/devstack/s3d"
)

const (
	bucket = "objects"
	mib    = 1 << 20
)

type place struct {
	t      *testing.T
	opts   s3d.Options
	server *s3d.Server
	client *s3.Client
}

// newPlace starts a server. It works in its folder, so there is one in a process at a time.
func newPlace(t *testing.T) *place {
	p := &place{t: t, opts: s3d.Options{Dir: t.TempDir(), AccessKey: "key", SecretKey: "secret", Region: "us-east-1", Bucket: bucket}}
	p.start()
	t.Cleanup(func() { p.stop() })
	return p
}

func (p *place) start() {
	p.t.Helper()
	server, err := s3d.Start(p.t.Context(), p.opts)
	if err != nil {
		p.t.Fatal(err)
	}
	p.server = server
	p.client = s3.New(s3.Options{
		BaseEndpoint: aws.String(server.Endpoint), Region: p.opts.Region, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(p.opts.AccessKey, p.opts.SecretKey, ""),
	})
}

func (p *place) stop() {
	p.server.Stop()
	<-p.server.Done()
}

func (p *place) create(key string) string {
	p.t.Helper()
	out, err := p.client.CreateMultipartUpload(p.t.Context(), &s3.CreateMultipartUploadInput{
		Bucket: aws.String(bucket), Key: aws.String(key), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32c,
		ChecksumType: types.ChecksumTypeFullObject,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return *out.UploadId
}

func (p *place) upload(key, id string, number int32, content []byte) types.CompletedPart {
	p.t.Helper()
	out, err := p.client.UploadPart(p.t.Context(), &s3.UploadPartInput{
		Bucket: aws.String(bucket), Key: aws.String(key), UploadId: aws.String(id), PartNumber: aws.Int32(number),
		Body: bytes.NewReader(content), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32c,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return types.CompletedPart{ETag: out.ETag, PartNumber: aws.Int32(number), ChecksumCRC32C: out.ChecksumCRC32C}
}

func (p *place) complete(ctx context.Context, key, id string, parts []types.CompletedPart) error {
	slices.SortFunc(parts, func(a, b types.CompletedPart) int { return int(*a.PartNumber - *b.PartNumber) })
	_, err := p.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: aws.String(bucket), Key: aws.String(key), UploadId: aws.String(id),
		MultipartUpload: &types.CompletedMultipartUpload{Parts: parts}, ChecksumType: types.ChecksumTypeFullObject,
	})
	return err
}

func (p *place) content(key string) []byte {
	p.t.Helper()
	out, err := p.client.GetObject(p.t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	if err != nil {
		p.t.Fatal(err)
	}
	defer out.Body.Close()
	b, err := io.ReadAll(out.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return b
}

func noise(seed uint64, size int) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)}).Read(b)
	return b
}

// However its parts arrive, an object is its parts in the order of their numbers.
func TestObjectIsItsParts(t *testing.T) {
	p := newPlace(t)
	type part struct {
		number int32
		size   int
	}
	const full = 5 * mib
	for name, arrivals := range map[string][]part{
		"one part":                {{1, 1000}},
		"in order":                {{1, full}, {2, full}, {3, 1234}},
		"last first":              {{3, 99}, {1, full}, {2, full}},
		"backwards":               {{4, 1}, {3, full}, {2, full}, {1, full}},
		"a part comes again":      {{1, full}, {2, full}, {1, full}, {3, 7}, {3, 7}},
		"shorter the second time": {{1, full}, {2, full}, {3, full}, {3, 1000}},
		"longer the second time":  {{1, full}, {2, 1000}, {2, full}},
		"unequal parts":           {{1, full}, {2, full + 77}, {3, full + 5}, {4, 3}},
		"numbers with gaps":       {{2, full}, {5, full}, {9, 10}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := "jobs/" + strings.ReplaceAll(name, " ", "-")
			id := p.create(key)
			done, contents := map[int32]types.CompletedPart{}, map[int32][]byte{}
			for i, a := range arrivals {
				contents[a.number] = noise(uint64(i+1)*100, a.size)
				done[a.number] = p.upload(key, id, a.number, contents[a.number])
			}
			var parts []types.CompletedPart
			var want []byte
			for n := int32(1); n < 10; n++ {
				if c, ok := done[n]; ok {
					parts, want = append(parts, c), append(want, contents[n]...)
				}
			}
			if err := p.complete(t.Context(), key, id, parts); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(p.content(key), want) {
				t.Error("the object is not its parts")
			}
		})
	}
}

// Completing with fewer parts than were uploaded leaves the others out.
func TestObjectOfSomeParts(t *testing.T) {
	p := newPlace(t)
	id := p.create("some")
	first, second := noise(1, 5*mib), noise(2, 5*mib)
	parts := []types.CompletedPart{p.upload("some", id, 1, first), p.upload("some", id, 2, second)}
	p.upload("some", id, 3, noise(3, 5*mib))
	if err := p.complete(t.Context(), "some", id, parts); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(p.content("some"), slices.Concat(first, second)) {
		t.Error("the object is not its parts")
	}
}

// A refused completion leaves the upload as it was; the next one succeeds.
func TestCompleteAgain(t *testing.T) {
	p := newPlace(t)
	id := p.create("again")
	first, second := noise(1, 5*mib), noise(2, 100)
	parts := []types.CompletedPart{p.upload("again", id, 1, first), p.upload("again", id, 2, second)}
	wrong := slices.Clone(parts)
	wrong[1].ETag, wrong[1].ChecksumCRC32C = parts[0].ETag, parts[0].ChecksumCRC32C
	if err := p.complete(t.Context(), "again", id, wrong); err == nil {
		t.Fatal("a part that does not exist was taken")
	}
	if err := p.complete(t.Context(), "again", id, parts); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(p.content("again"), slices.Concat(first, second)) {
		t.Error("the object is not its parts")
	}
}

// A completion without room for the object fails and leaves the parts: with room,
// the next one has the whole object.
func TestCompleteWithoutRoom(t *testing.T) {
	p := newPlace(t)
	id := p.create("full")
	lift := limitFiles(t, 12*mib)
	contents := [][]byte{noise(1, 5*mib), noise(2, 5*mib), noise(3, 5*mib)}
	var parts []types.CompletedPart
	for i, c := range contents {
		parts = append(parts, p.upload("full", id, int32(i+1), c))
	}
	if err := p.complete(t.Context(), "full", id, parts); err == nil {
		t.Errorf("completed an object of %d of %d MiB", len(p.content("full"))/mib, 15)
	}
	lift()
	if err := p.complete(t.Context(), "full", id, parts); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(p.content("full"), slices.Concat(contents...)) {
		t.Error("the object is not its parts")
	}
}

// limitFiles has the system refuse longer files, as it does on a full disk.
func limitFiles(t *testing.T, size uint64) (lift func()) {
	t.Helper()
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(unix.SIGXFSZ)
	lift = func() {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(lift)
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	return lift
}

// Parts outlive the server: after a restart, it assembles them again.
func TestRestartInAnUpload(t *testing.T) {
	p := newPlace(t)
	id := p.create("restart")
	contents := [][]byte{noise(1, 5*mib), noise(2, 5*mib), noise(3, 17)}
	parts := []types.CompletedPart{p.upload("restart", id, 2, contents[1])}
	p.stop()
	p.start()
	parts = append(parts, p.upload("restart", id, 3, contents[2]), p.upload("restart", id, 1, contents[0]))
	if err := p.complete(t.Context(), "restart", id, parts); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(p.content("restart"), slices.Concat(contents...)) {
		t.Error("the object is not its parts")
	}
}

// More uploads than may be put together ahead are all completed.
func TestManyUploads(t *testing.T) {
	p := newPlace(t)
	const uploads = 150
	ids, parts := make([]string, uploads), make([][]types.CompletedPart, uploads)
	for i := range uploads {
		key := fmt.Sprint("many/", i)
		ids[i] = p.create(key)
		parts[i] = []types.CompletedPart{p.upload(key, ids[i], 1, noise(uint64(i), 3000+i))}
	}
	for i := range uploads {
		key := fmt.Sprint("many/", i)
		if err := p.complete(t.Context(), key, ids[i], parts[i]); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(p.content(key), noise(uint64(i), 3000+i)) {
			t.Errorf("object %d is not its part", i)
		}
	}
}
