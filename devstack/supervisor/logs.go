package supervisor

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

const (
	// maxLogBytes is the size at which a log file is put aside as name.log.1.
	maxLogBytes = 16 << 20
	maxLineLen  = 64 << 10
	logMode     = 0o600
	logDirMode  = 0o700

	noteName = "devstack"
)

// Logs writes the output of all children, line by line, to the console with the
// child's name in front, and to one file per child.
type Logs struct {
	// Filter sees every line before it is written and returns what the log file
	// gets in its place. It may be nil.
	Filter func(name string, line []byte) []byte
	// Everyday says which lines of children go to their files alone, because
	// they would bury the rest on the console. It may be nil.
	Everyday func(name string, line []byte) bool

	dir     string
	console io.Writer

	mu    sync.Mutex
	files map[string]*logFile
}

type logFile struct {
	file *os.File
	size int64
}

// NewLogs returns Logs that write below dir and to console.
func NewLogs(dir string, console io.Writer) (*Logs, error) {
	if err := os.MkdirAll(dir, logDirMode); err != nil {
		return nil, fmt.Errorf("create the log folder: %w", err)
	}
	return &Logs{dir: dir, console: console, files: make(map[string]*logFile)}, nil
}

// Note writes a line of the supervisor's own.
func (l *Logs) Note(format string, args ...any) {
	l.writeLine(noteName, false, fmt.Appendf(nil, format, args...))
}

// Close closes the files.
func (l *Logs) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, f := range l.files {
		_ = f.file.Close()
		delete(l.files, name)
	}
}

func (l *Logs) open(name string, quiet bool) *childLog {
	return &childLog{logs: l, name: name, quiet: quiet}
}

func (l *Logs) writeLine(name string, quiet bool, line []byte) {
	stored := line
	if l.Filter != nil {
		stored = l.Filter(name, line)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !quiet && (l.Everyday == nil || !l.Everyday(name, line)) {
		_, _ = fmt.Fprintf(l.console, "%-9s| %s\n", name, line)
	}
	// A full disk must not stop the children, so a failed log write is dropped.
	f, err := l.file(name)
	if err != nil {
		return
	}
	n, _ := f.file.Write(append(stored[:len(stored):len(stored)], '\n'))
	f.size += int64(n)
}

func (l *Logs) file(name string) (*logFile, error) {
	f := l.files[name]
	if f != nil && f.size < maxLogBytes {
		return f, nil
	}
	path := filepath.Join(l.dir, name+".log")
	if f != nil {
		_ = f.file.Close()
		delete(l.files, name)
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, logMode)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	f = &logFile{file: file, size: info.Size()}
	l.files[name] = f
	return f, nil
}

// childLog splits one child's output into lines.
type childLog struct {
	logs  *Logs
	name  string
	quiet bool

	mu      sync.Mutex
	pending []byte
	last    []byte
}

// Write takes the next piece of output.
func (c *childLog) Write(data []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending = append(c.pending, data...)
	for {
		end := bytes.IndexByte(c.pending, '\n')
		if end < 0 && len(c.pending) > maxLineLen {
			end = maxLineLen
		}
		if end < 0 {
			return len(data), nil
		}
		c.emit(c.pending[:end])
		c.pending = bytes.TrimPrefix(c.pending[end:], []byte("\n"))
	}
}

func (c *childLog) emit(line []byte) {
	line = bytes.TrimRight(line, "\r")
	if len(bytes.TrimSpace(line)) > 0 {
		c.last = bytes.Clone(line)
	}
	c.logs.writeLine(c.name, c.quiet, line)
}

func (c *childLog) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pending) > 0 {
		c.emit(c.pending)
		c.pending = nil
	}
}

func (c *childLog) lastLine() string {
	c.flush()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.last) == 0 {
		return "none"
	}
	return string(c.last)
}

// Block writes text to the console as it is, and to no file.
func (l *Logs) Block(text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.console.Write(text)
}
