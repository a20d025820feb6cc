// Package apitest runs the API for tests: on a real store, with stand-ins for
// the workflow engine, the agents and object storage. It is for tests only.
package apitest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"longhaul/api/jobs"
	"longhaul/models"
)

// Starter records which workflows were started.
type Starter struct {
	Started chan models.Job // each start that was tried
	Fail    error
	Hang    <-chan struct{} // unless nil, no start answers before it is closed
}

// StartJob implements api.Workflows.
func (s *Starter) StartJob(_ context.Context, job models.Job) error {
	s.Started <- job
	if s.Hang != nil {
		<-s.Hang
	}
	return s.Fail
}

// Controller answers for a job's workflow.
type Controller struct {
	mu    sync.Mutex
	calls []string
	Fail  error
	Check models.ProviderCheck // what VerifySeedr answers; a good account if empty
	State *jobs.RunState
}

// TakeStock implements api.Workflows.
func (c *Controller) TakeStock(context.Context) error { return c.Fail }

// VerifySeedr implements api.Workflows: the account is good unless Check
// differs.
func (c *Controller) VerifySeedr(context.Context) (models.ProviderCheck, error) {
	if err := c.note("verify seedr", models.Job{}); err != nil {
		return models.ProviderCheck{}, err
	}
	if c.Check.Provider != "" {
		return c.Check, nil
	}
	return models.ProviderCheck{
		Provider: models.ProviderSeedr, OK: true, Message: "Seedr answers.", Plan: "MASTER", SpaceMax: 1 << 40, Slots: 25,
	}, nil
}

// View implements api.Workflows.
func (c *Controller) View(_ context.Context, job models.Job) (jobs.WorkflowView, error) {
	if err := c.note("view", job); err != nil {
		return jobs.WorkflowView{}, err
	}
	return jobs.WorkflowView{RunID: "run-1", Status: "Running", State: c.State}, nil
}

// Calls returns the calls to workflows, oldest first.
func (c *Controller) Calls() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.calls...)
}

func (c *Controller) note(what string, _ models.Job) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, what)
	return c.Fail
}

// Inspector returns what sources contain.
type Inspector struct {
	mu       sync.Mutex
	Asked    []models.Source
	Manifest models.Manifest
	Fail     error
}

// Inspect implements api.Inspector.
func (i *Inspector) Inspect(_ context.Context, _ uuid.UUID, src models.Source) (models.Manifest, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.Asked = append(i.Asked, src)
	return i.Manifest, i.Fail
}

// Storage is object storage in memory.
type Storage struct {
	mu      sync.Mutex
	objects map[string][]byte
	uploads int
	aborted []string
	reads   []string

	BreakAfter int64 // end each read after this many bytes; 0 means never
	Breaks     int   // how many reads to break; negative means all
	Down       error // returned by every call while set
}

// NewStorage returns an empty storage.
func NewStorage() *Storage { return &Storage{objects: map[string][]byte{}} }

// Put stores an object.
func (s *Storage) Put(key string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[key] = body
}

// objects is the storage as the API sees it.
type objects struct{ s *Storage }

// Get implements api.Objects.
func (o objects) Get(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	return o.s.Get(ctx, key, etag, offset, length)
}

// Put implements api.Objects.
func (o objects) Put(_ context.Context, key string, body []byte, _ string) error {
	if o.s.Down != nil {
		return o.s.Down
	}
	o.s.Put(key, body)
	return nil
}

// Remove removes an object.
func (s *Storage) Remove(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.objects, key)
}

// ETag returns the ETag of an object.
func (s *Storage) ETag(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return etagOf(s.objects[key])
}

func etagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return strconv.Quote(hex.EncodeToString(sum[:]))
}

// Get implements api.Objects.
func (s *Storage) Get(_ context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Down != nil {
		return nil, s.Down
	}
	s.reads = append(s.reads, fmt.Sprintf("%d+%d", offset, length))
	body, ok := s.objects[key]
	if !ok {
		return nil, models.Errorf(models.CodeNotFound, "There is no such object.")
	}
	if etag != "" && etag != etagOf(body) {
		return nil, models.Fault(models.ProblemWrongContent, "This file was changed in storage after it was checked, so it isn't delivered.")
	}
	end := int64(len(body))
	if length >= 0 {
		end = min(offset+length, end)
	}
	r := io.Reader(bytes.NewReader(body[min(offset, end):end]))
	if s.BreakAfter > 0 && s.Breaks != 0 {
		s.Breaks--
		r = io.MultiReader(io.LimitReader(r, s.BreakAfter), failing{})
	}
	return io.NopCloser(r), nil
}

// Reads returns the ranges that were read, as offset+length.
func (s *Storage) Reads() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.reads...)
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("connection to storage broke") }

// CreateMultipart implements api.Uploads.
func (s *Storage) CreateMultipart(_ context.Context, _, _ string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uploads++
	return fmt.Sprintf("upload-%d", s.uploads), s.Down
}

// AbortMultipart implements api.Uploads.
func (s *Storage) AbortMultipart(_ context.Context, _, uploadID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.aborted = append(s.aborted, uploadID)
	return s.Down
}

// Aborted returns the multipart uploads that were aborted.
func (s *Storage) Aborted() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.aborted...)
}

// PresignPart implements api.Uploads.
func (s *Storage) PresignPart(_ context.Context, key, uploadID string, number int, size int64, crc32c string, _ time.Duration) (string, map[string]string, error) {
	return fmt.Sprintf("https://storage.test/%s?uploadId=%s&partNumber=%d&size=%d", key, uploadID, number, size),
		map[string]string{"x-amz-checksum-crc32c": crc32c}, s.Down
}

// PresignPut implements api.Uploads.
func (s *Storage) PresignPut(_ context.Context, key string, size int64, crc32c, contentType string, _ time.Duration) (string, map[string]string, error) {
	return fmt.Sprintf("https://storage.test/%s?size=%d", key, size),
		map[string]string{"x-amz-checksum-crc32c": crc32c, "Content-Type": contentType}, s.Down
}
