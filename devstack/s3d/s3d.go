// Package s3d runs an S3 server inside this process that stores objects as
// files under one folder, on loopback only. It starts with one account and one
// bucket. It doesn't terminate TLS and isn't a cluster.
package s3d

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
	"golang.org/x/sync/errgroup"

	"longhaul/devstack/port"
)

const (
	maxConnections = 4096
	maxRequests    = 1024
	maxParts       = 10_000

	// Seconds that an account is kept in memory, and between two looks for old
	// ones.
	accountTTL   = 120
	accountPrune = 3600

	dirMode  = 0o700
	fileMode = 0o600

	readyTimeout  = 20 * time.Second
	retryInterval = 20 * time.Millisecond
)

// Options says where objects are kept and who may reach them.
type Options struct {
	// Dir holds the buckets, and the metadata where the file system has no
	// extended attributes.
	Dir string
	// Port is the loopback port; zero takes a free one.
	Port int
	// AccessKey and SecretKey are the root account, which may create others
	// through the server's admin calls.
	AccessKey, SecretKey string
	// Region is the region that clients sign for.
	Region string
	// Bucket is created when it is missing.
	Bucket string
}

// Server is a running S3 server.
type Server struct {
	// Endpoint is the base URL for path-style requests.
	Endpoint string

	cancel context.CancelFunc
	front  *front
	done   chan error
}

// Start opens the folder, serves it, and returns when the bucket exists.
func Start(ctx context.Context, opts Options) (*Server, error) {
	number, err := port.OrFree(opts.Port)
	if err != nil {
		return nil, err
	}
	accounts := filepath.Join(opts.Dir, "accounts")
	if err := os.MkdirAll(accounts, dirMode); err != nil {
		return nil, fmt.Errorf("create the accounts' folder: %w", err)
	}
	door, err := newFront(ctx, number)
	if err != nil {
		return nil, err
	}
	backend, err := openFolder(opts.Dir)
	if err != nil {
		_ = door.listen.Close()
		return nil, err
	}
	// The server has to outlive the start's context; Stop ends it.
	serving, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &Server{Endpoint: "http://" + port.Address(number), cancel: cancel, front: door, done: make(chan error, 1)}
	var ends errgroup.Group
	ends.Go(func() error {
		defer cancel()
		return door.serve()
	})
	ends.Go(func() error {
		defer door.stop()
		defer backend.Shutdown()
		return embedgw.RunVersityGW(serving, backend, &embedgw.Config{
			RootUserAccess:    opts.AccessKey,
			RootUserSecret:    opts.SecretKey,
			Region:            opts.Region,
			Ports:             []string{socket},
			SocketPerm:        socketMode,
			MaxConnections:    maxConnections,
			MaxRequests:       maxRequests,
			MultipartMaxParts: maxParts,
			KeepAlive:         true,
			Quiet:             true,
			DisableACLs:       true,
			IAMDir:            accounts,
			// Left at zero, the cache of accounts is pruned without a pause.
			IAMCacheTTL:   accountTTL,
			IAMCachePrune: accountPrune,
		})
	})
	go func() { s.done <- ends.Wait() }()
	if err := s.createBucket(ctx, opts); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// Done delivers the end of the server and of its front, whether asked for or
// not.
func (s *Server) Done() <-chan error {
	return s.done
}

// Stop ends the server.
func (s *Server) Stop() {
	s.cancel()
	s.front.stop()
}

// openFolder prefers extended attributes, which stay with a file when it is
// moved, and falls back to a folder of metadata files.
func openFolder(dir string) (*assembling, error) {
	buckets, err := filepath.Abs(filepath.Join(dir, "buckets"))
	if err != nil {
		return nil, fmt.Errorf("locate the object folder: %w", err)
	}
	sidecar := filepath.Join(filepath.Dir(buckets), "metadata")
	if err := os.MkdirAll(buckets, dirMode); err != nil {
		return nil, fmt.Errorf("create the object folder: %w", err)
	}
	// The entity tag is made of the checksum that every upload has anyway;
	// computing MD5 too would cost as much again.
	opts := posix.PosixOpts{DataIntegrityEtag: true}
	opts.SetNewDirPerm(dirMode)
	opts.SetNewFilePerm(fileMode)
	var storer meta.MetadataStorer = meta.XattrMeta{}
	if _, err := os.Stat(sidecar); err == nil || (meta.XattrMeta{}).Test(buckets) != nil {
		if err := os.MkdirAll(sidecar, dirMode); err != nil {
			return nil, fmt.Errorf("create the metadata folder: %w", err)
		}
		opts.SideCarDir = sidecar
		if storer, err = meta.NewSideCar(sidecar); err != nil {
			return nil, fmt.Errorf("open the metadata folder: %w", err)
		}
	}
	backend, err := posix.New(buckets, storer, opts)
	if err != nil {
		return nil, fmt.Errorf("open the object folder: %w", err)
	}
	return &assembling{Posix: backend, folder: buckets, open: map[string]*assembly{}}, nil
}

func (s *Server) createBucket(ctx context.Context, opts Options) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	client := s3.New(s3.Options{
		BaseEndpoint:     aws.String(s.Endpoint),
		Region:           opts.Region,
		UsePathStyle:     true,
		Credentials:      credentials.NewStaticCredentialsProvider(opts.AccessKey, opts.SecretKey, ""),
		RetryMaxAttempts: 1,
	})
	ticker := time.NewTicker(retryInterval)
	defer ticker.Stop()
	for {
		_, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(opts.Bucket)})
		var exists *types.BucketAlreadyOwnedByYou
		if err == nil || errors.As(err, &exists) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("create bucket %s: %w", opts.Bucket, err)
		case end := <-s.done:
			s.done <- end
			return fmt.Errorf("serve objects: %w", end)
		case <-ticker.C:
		}
	}
}
