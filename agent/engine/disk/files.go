package disk

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
)

// maxOpen bounds the descriptors of one transfer; a torrent may have 50 000
// files.
const maxOpen = 128

// files hands out a transfer's data files and keeps some of them open.
type files struct {
	root *os.Root

	mu   sync.Mutex
	open map[int]*openFile
}

type openFile struct {
	*os.File
	users int
	stale bool // to be closed by the last user
}

func newFiles(root *os.Root) *files { return &files{root: root, open: map[int]*openFile{}} }

// use runs do with the file, which is made if need be.
func (s *files) use(index int, do func(*os.File) error) error {
	f, err := s.acquire(index)
	if err != nil {
		return err
	}
	defer s.release(f)
	return do(f.File)
}

func (s *files) acquire(index int) (*openFile, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.open[index]
	if f == nil {
		s.evict()
		file, err := s.root.OpenFile(dataDir+"/"+strconv.Itoa(index), os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, fmt.Errorf("open data file: %w", err)
		}
		f = &openFile{File: file}
		s.open[index] = f
	}
	f.users++
	return f, nil
}

func (s *files) release(f *openFile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.users--
	if f.stale && f.users == 0 {
		f.Close()
	}
}

// evict closes an idle file when there are many.
func (s *files) evict() {
	if len(s.open) < maxOpen {
		return
	}
	for i, f := range s.open {
		if f.users == 0 {
			f.Close()
			delete(s.open, i)
			return
		}
	}
}

func (s *files) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for i, f := range s.open {
		delete(s.open, i)
		if f.users > 0 {
			f.stale = true
			continue
		}
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
