package hls

import (
	"bytes"
	"container/list"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/google/uuid"
)

// idle is how long a part is kept that no one asks for.
const idle = 10 * time.Minute

// errFull ends a part for which there is no room because all others are being
// sent.
var errFull = errors.New("no room for another part of a stream")

// key names a part of a stream.
type key struct {
	file  uuid.UUID
	kind  kind
	track int
	n     int // number of the segment; -1 is the initialization segment
}

type kind int8

const (
	kindVideo kind = iota
	kindAudio
	kindText
)

// cache keeps parts in files without names, the last used of them, up to a number
// of bytes. One part is made once however many ask for it, and its making ends
// when no one asks for it any more.
type cache struct {
	limit int64

	mu    sync.Mutex
	used  int64 // bytes of all parts, those in the making and those being sent, too
	lent  int64 // of these, bytes of parts that are being sent to visitors of shares
	parts map[key]*list.Element
	usage *list.List // of *part, the last used in front
	made  map[order]*work
}

// order is a part that is asked for. Visitors of shares don't share the making with
// those who signed in, who would wait in the visitors' turns with them.
type order struct {
	key
	visited bool
}

func newCache(limit int64) *cache {
	return &cache{limit: limit, parts: map[key]*list.Element{}, usage: list.New(), made: map[order]*work{}}
}

// work is a part in the making.
type work struct {
	asked  int // who waits for it
	cancel context.CancelFunc
	done   chan struct{}
	part   *part // when done; those who wait have a hold on it
	err    error
}

// part is what was made.
type part struct {
	key    key
	head   []byte
	body   *os.File
	size   int64
	held   int // readers
	lent   int // of these, visitors of shares
	gone   bool
	forget *time.Timer
}

// get returns a part, which produce writes if it isn't there. The caller closes what
// it gets.
func (c *cache) get(ctx context.Context, k key, visited bool, produce func(context.Context, *draft) error) (*Part, error) {
	c.mu.Lock()
	if e, ok := c.parts[k]; ok {
		c.usage.MoveToFront(e)
		p := e.Value.(*part)
		p.held++
		p.forget.Reset(idle)
		c.mu.Unlock()
		return c.open(p, visited)
	}
	o := order{k, visited}
	w := c.made[o]
	if w == nil {
		// the part is made for all who ask; it ends when the last of them leaves
		making, cancel := context.WithCancel(context.WithoutCancel(ctx))
		w = &work{cancel: cancel, done: make(chan struct{})}
		c.made[o] = w
		go c.work(making, o, w, produce)
	}
	w.asked++
	c.mu.Unlock()
	select {
	case <-w.done:
	case <-ctx.Done():
		if !c.leave(o, w) {
			return nil, fmt.Errorf("wait for a part of a stream: %w", ctx.Err())
		}
	}
	if w.err != nil {
		return nil, w.err
	}
	return c.open(w.part, visited)
}

// leave takes one who waits away, unless the part is done.
func (c *cache) leave(o order, w *work) (done bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-w.done:
		return true
	default:
	}
	if w.asked--; w.asked == 0 {
		w.cancel()
		if c.made[o] == w {
			delete(c.made, o) // who asks now gets one that isn't cancelled
		}
	}
	return false
}

// work makes a part.
func (c *cache) work(ctx context.Context, o order, w *work, produce func(context.Context, *draft) error) {
	defer w.cancel()
	d := &draft{cache: c}
	err := produce(ctx, d)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made[o] == w {
		delete(c.made, o)
	}
	if err == nil && w.asked == 0 {
		err = context.Canceled
	}
	if err != nil {
		d.drop()
		w.err = err
	} else {
		w.part = c.keep(o.key, d, w.asked)
	}
	close(w.done)
}

// keep adds a part that was made, with a hold for each who waits.
func (c *cache) keep(k key, d *draft, held int) *part {
	p := &part{key: k, head: d.head, body: d.body, size: d.size, held: held}
	p.forget = time.AfterFunc(idle, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.evict(p)
	})
	if old, ok := c.parts[k]; ok {
		c.evict(old.Value.(*part))
	}
	c.parts[k] = c.usage.PushFront(p)
	return p
}

// evict forgets a part. Its file is closed once no one reads it.
func (c *cache) evict(p *part) {
	if p.gone {
		return
	}
	p.gone = true
	p.forget.Stop()
	c.usage.Remove(c.parts[p.key])
	delete(c.parts, p.key)
	c.settle(p)
}

// settle closes the file of a part that is forgotten and not read.
func (c *cache) settle(p *part) {
	if p.gone && p.held == 0 {
		c.used -= p.size
		if p.body != nil {
			_ = p.body.Close() // it has no name: nothing is left
		}
	}
}

// reserve makes room for bytes of a part in the making.
func (c *cache) reserve(n int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.usage.Back(); e != nil && c.used+n > c.limit; {
		before := e.Prev()
		if p := e.Value.(*part); p.held == 0 {
			c.evict(p)
		}
		e = before
	}
	if c.used+n > c.limit {
		return errFull
	}
	c.used += n
	return nil
}

// open returns a part to a reader who has a hold on it. Visitors hold up to half of
// the cache: what they read slowly can't be evicted.
func (c *cache) open(p *part, visited bool) (*Part, error) {
	if visited && !c.lend(p) {
		return nil, errFull
	}
	var body io.ReaderAt
	if p.body != nil {
		body = p.body
	}
	return &Part{
		ReadSeeker: io.NewSectionReader(&joined{p.head, body}, 0, p.size), Size: p.size,
		close: sync.OnceFunc(func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			if visited {
				c.giveBack(p)
			}
			p.held--
			c.settle(p)
		}),
	}, nil
}

// lend notes that a visitor reads a part, or lets the part go if visitors hold too
// much.
func (c *cache) lend(p *part) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.lent == 0 {
		if c.lent+p.size > c.limit/2 {
			p.held--
			c.settle(p)
			return false
		}
		c.lent += p.size
	}
	p.lent++
	return true
}

// giveBack notes that a visitor has read a part. The caller has the cache's lock.
func (c *cache) giveBack(p *part) {
	if p.lent--; p.lent == 0 {
		c.lent -= p.size
	}
}

// Part is a part of a stream, which its reader closes.
type Part struct {
	io.ReadSeeker
	Size  int64
	close func()
}

// Whole returns a part that is in memory.
func Whole(b []byte) *Part {
	return &Part{ReadSeeker: bytes.NewReader(b), Size: int64(len(b)), close: func() {}}
}

// Close lets the part go.
func (p *Part) Close() { p.close() }

// joined is a head in memory and a body in a file.
type joined struct {
	head []byte
	body io.ReaderAt
}

// ReadAt reads from both.
func (j *joined) ReadAt(b []byte, at int64) (int, error) {
	n := 0
	if at < int64(len(j.head)) {
		n = copy(b, j.head[at:])
	}
	if n == len(b) {
		return n, nil
	}
	if j.body == nil {
		return n, io.EOF
	}
	more, err := j.body.ReadAt(b[n:], at+int64(n)-int64(len(j.head)))
	return n + more, err
}

// draft is a part in the making: data first, and then what stands before it.
type draft struct {
	cache *cache
	head  []byte
	body  *os.File
	size  int64
}

// Write appends data.
func (d *draft) Write(b []byte) (int, error) {
	if d.size+int64(len(b)) > maxSegment {
		return 0, broken("a part of more than %d bytes", int64(maxSegment))
	}
	if err := d.cache.reserve(int64(len(b))); err != nil {
		return 0, err
	}
	d.size += int64(len(b))
	if d.body == nil {
		f, err := unnamed()
		if err != nil {
			return 0, err
		}
		d.body = f
	}
	n, err := d.body.Write(b)
	if err != nil {
		err = fmt.Errorf("write a part of a stream: %w", err)
	}
	return n, err
}

// lead sets what stands before the data.
func (d *draft) lead(head []byte) error {
	if err := d.cache.reserve(int64(len(head))); err != nil {
		return err
	}
	d.head = head
	d.size += int64(len(head))
	return nil
}

// drop gives a draft up. The caller has the cache's lock.
func (d *draft) drop() {
	d.cache.used -= d.size
	if d.body != nil {
		_ = d.body.Close() // it has no name: nothing is left
	}
}
