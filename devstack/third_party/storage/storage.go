// Package storage stands in for cloud.google.com/go/storage. The Temporal server
// links that client for archiving to Google Cloud, which the embedded default
// never does, and compiling it with its 213 packages takes an eighth of the
// first build. This one has the names and refuses every call. See
// docs/adr/0003-devstack-processes.md.
package storage

import (
	"context"
	"errors"

	"google.golang.org/api/option"
)

// ScopeFullControl is the permission that the archiver would ask for.
const ScopeFullControl = "https://www.googleapis.com/auth/devstorage.full_control"

var errLeftOut = errors.New("Google Cloud Storage is left out of this build")

// Client is a client that cannot be made.
type Client struct{}

// NewClient refuses.
func NewClient(context.Context, ...option.ClientOption) (*Client, error) {
	return nil, errLeftOut
}

// Bucket returns a handle whose calls fail.
func (*Client) Bucket(string) *BucketHandle { return &BucketHandle{} }

// BucketHandle is a handle whose calls fail.
type BucketHandle struct{}

// Object returns a handle whose calls fail.
func (*BucketHandle) Object(string) *ObjectHandle { return &ObjectHandle{} }

// Objects returns an iterator whose calls fail.
func (*BucketHandle) Objects(context.Context, *Query) *ObjectIterator { return &ObjectIterator{} }

// Attrs refuses.
func (*BucketHandle) Attrs(context.Context) (*BucketAttrs, error) { return nil, errLeftOut }

// ObjectHandle is a handle whose calls fail.
type ObjectHandle struct{}

// NewWriter returns a writer whose calls fail.
func (*ObjectHandle) NewWriter(context.Context) *Writer { return &Writer{} }

// NewReader refuses.
func (*ObjectHandle) NewReader(context.Context) (*Reader, error) { return nil, errLeftOut }

// Attrs refuses.
func (*ObjectHandle) Attrs(context.Context) (*ObjectAttrs, error) { return nil, errLeftOut }

// ObjectIterator is an iterator whose calls fail.
type ObjectIterator struct{}

// Next refuses.
func (*ObjectIterator) Next() (*ObjectAttrs, error) { return nil, errLeftOut }

// Query selects objects.
type Query struct{ Prefix string }

// BucketAttrs describes a bucket.
type BucketAttrs struct{}

// ObjectAttrs describes an object.
type ObjectAttrs struct{ Name string }

// Writer is a writer whose calls fail.
type Writer struct{}

// Write refuses.
func (*Writer) Write([]byte) (int, error) { return 0, errLeftOut }

// Close refuses.
func (*Writer) Close() error { return errLeftOut }

// CloseWithError refuses.
func (*Writer) CloseWithError(error) error { return errLeftOut }

// Reader is a reader whose calls fail.
type Reader struct{}

// Read refuses.
func (*Reader) Read([]byte) (int, error) { return 0, errLeftOut }

// Close refuses.
func (*Reader) Close() error { return errLeftOut }
