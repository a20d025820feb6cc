// Package objstoretest gives tests a client of a real S3 server. It is for
// tests only and takes no part in a program.
//
// The server is the one at TEST_S3_ENDPOINT. Without it, one is started once
// per test process from the devstack binary at LONGHAUL_DEVSTACK or bin/devstack,
// and ends with the process.
package objstoretest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/uuid"

	"longhaul/internal/objstore"
)

// server is the test process's one server. It has to be shared by all tests.
var server struct {
	once  sync.Once
	cfg   objstore.Config
	guard *exec.Cmd // referenced so that its pipe stays open
	err   error
}

// script runs the server until standard input ends, which it does with the
// test process, and then removes its data.
const script = `"$1" s3 --dir "$2" --port 0 </dev/null &
cat >/dev/null
kill -TERM $!
wait $!
rm -rf "$2"`

// New returns a client of the test server. Its one bucket is shared by all
// tests: use keys of your own.
func New(t testing.TB) *objstore.Client {
	t.Helper()
	c, err := objstore.New(Config(t))
	if err != nil {
		t.Fatalf("object storage for tests: %v", err)
	}
	return c
}

// Bucket returns a client of an empty bucket of the test's own, for what looks at
// a bucket as a whole.
func Bucket(t testing.TB) *objstore.Client {
	t.Helper()
	c, err := objstore.New(BucketConfig(t))
	if err != nil {
		t.Fatalf("object storage for tests: %v", err)
	}
	return c
}

// BucketConfig makes an empty bucket of the test's own and returns where it is.
func BucketConfig(t testing.TB) objstore.Config {
	t.Helper()
	cfg := Config(t)
	cfg.Bucket = "test-" + uuid.NewString()
	api := s3.New(s3.Options{
		BaseEndpoint: &cfg.Endpoint, Region: cfg.Region, UsePathStyle: true,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: cfg.AccessKeyID, SecretAccessKey: cfg.SecretAccessKey}, nil
		}),
	})
	if _, err := api.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &cfg.Bucket}); err != nil {
		t.Fatalf("create bucket: %v", err)
	}
	return cfg
}

// Config returns where the test server is.
func Config(t testing.TB) objstore.Config {
	t.Helper()
	server.once.Do(func() { server.cfg, server.err = find(t.Context()) })
	if server.err != nil {
		t.Fatalf("object storage for tests: %v", server.err)
	}
	return server.cfg
}

func find(ctx context.Context) (objstore.Config, error) {
	cfg := objstore.Config{
		Endpoint: os.Getenv("TEST_S3_ENDPOINT"), Region: "us-east-1", Bucket: "longhaul",
		AccessKeyID: "longhaul", SecretAccessKey: "longhaul-secret", PathStyle: true,
	}
	if cfg.Endpoint != "" {
		for name, field := range map[string]*string{
			"TEST_S3_REGION": &cfg.Region, "TEST_S3_BUCKET": &cfg.Bucket,
			"TEST_S3_ACCESS_KEY_ID": &cfg.AccessKeyID, "TEST_S3_SECRET_ACCESS_KEY": &cfg.SecretAccessKey,
		} {
			if v := os.Getenv(name); v != "" {
				*field = v
			}
		}
		return cfg, nil
	}
	endpoint, err := start(ctx, cfg)
	cfg.Endpoint = endpoint
	return cfg, err
}

// start runs the embedded S3 server and returns its address, which it prints.
func start(ctx context.Context, cfg objstore.Config) (string, error) {
	binary, err := findBinary()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "objstoretest-")
	if err != nil {
		return "", fmt.Errorf("create directory for objects: %w", err)
	}
	// The guard outlives ctx on purpose: it ends when this process does.
	guard := exec.CommandContext(context.WithoutCancel(ctx), "sh", "-c", script, "sh", binary, dir)
	guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	guard.Env = append(os.Environ(), "S3_ACCESS_KEY_ID="+cfg.AccessKeyID, "S3_SECRET_ACCESS_KEY="+cfg.SecretAccessKey,
		"S3_REGION="+cfg.Region, "S3_BUCKET="+cfg.Bucket)
	_, err1 := guard.StdinPipe()
	out, err2 := guard.StdoutPipe()
	if err := errors.Join(err1, err2, guard.Start()); err != nil {
		return "", fmt.Errorf("start s3 server: %w", err)
	}
	server.guard = guard
	return readEndpoint(bufio.NewReader(out))
}

// readEndpoint waits for the JSON line with the address; the server may print
// other lines before it.
func readEndpoint(lines *bufio.Reader) (string, error) {
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return "", fmt.Errorf("s3 server ended before it was ready: %w", err)
		}
		var ready struct {
			Endpoint string `json:"endpoint"`
		}
		if json.Unmarshal(line, &ready) == nil && ready.Endpoint != "" {
			go func() { _, _ = io.Copy(io.Discard, lines) }() // a full pipe would stop the server
			return ready.Endpoint, nil
		}
	}
}

// findBinary looks for the devstack binary, also above the package's folder,
// where tests run.
func findBinary() (string, error) {
	if path := os.Getenv("LONGHAUL_DEVSTACK"); path != "" {
		return path, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find working directory: %w", err)
	}
	for ; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "bin", "devstack")
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no S3 server here: run make build, or set TEST_S3_ENDPOINT")
		}
	}
}
