package agent

import (
	"cmp"
	"slices"
	"sync"

	"longhaul/agent/agentapi"
)

// partState is how far a part is on its way to storage. A part that is not
// listed misses bytes.
type partState uint8

const (
	partReady  partState = iota + 1 // verified on disk
	partTaken                       // the uploader has it
	partStored                      // in storage, and the control plane knows
)

// partID names a part of a transfer. The generation is that of the file's
// validator: what happens to a part of an older one is of no interest.
type partID struct {
	file   int
	number int // from 1
	gen    int
}

// part is a part with its place in the file.
type part struct {
	partID
	span
	validator string
}

// ledger knows which bytes of a transfer are verified and how far each part
// is. It is safe for use by several goroutines.
type ledger struct {
	mu    sync.Mutex
	files map[int]*fileLedger
	ready []partID      // in the order of completion; may name parts that are not ready any more
	wake  chan struct{} // has an entry when there may be something to take
}

type fileLedger struct {
	index     int
	size      int64 // -1 while unknown
	partSize  int64
	validator string
	gen       int
	have      rangeSet
	parts     map[int]partState
	stored    int
	sizeNew   bool // the control plane does not know the size
}

func newLedger(files []agentapi.FileJob) *ledger {
	l := &ledger{files: make(map[int]*fileLedger, len(files)), wake: make(chan struct{}, 1)}
	for _, f := range files {
		fl := &fileLedger{
			index: f.Index, size: f.Size, partSize: f.PartSize, validator: f.Validator, parts: map[int]partState{},
		}
		l.files[f.Index] = fl
		for _, n := range f.Stored {
			l.load(f.Index, int(n))
		}
	}
	return l
}

// load enters a part that is known to be stored.
func (l *ledger) load(file, number int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.files[file]
	if f.parts[number] == partStored {
		return
	}
	p := f.part(number)
	if p.Length <= 0 {
		return
	}
	f.have.add(p.Off, p.end())
	f.parts[number] = partStored
	f.stored++
}

func (f *fileLedger) part(number int) part {
	off := int64(number-1) * f.partSize
	end := off + f.partSize
	if f.size >= 0 {
		end = min(end, f.size)
	}
	return part{
		partID: partID{file: f.index, number: number, gen: f.gen},
		span:   span{File: f.index, Off: off, Length: end - off}, validator: f.validator,
	}
}

func (f *fileLedger) count() int { return int((f.size + f.partSize - 1) / f.partSize) }

func (f *fileLedger) complete() bool { return f.size >= 0 && f.stored == f.count() }

// note marks the parts that the range [off, end) completes.
func (f *fileLedger) note(off, end int64) []partID {
	var out []partID
	for n := int(off/f.partSize) + 1; int64(n-1)*f.partSize < end; n++ {
		p := f.part(n)
		if f.parts[n] == 0 && p.Length > 0 && f.have.covers(p.Off, p.end()) {
			f.parts[n] = partReady
			out = append(out, p.partID)
		}
	}
	return out
}

// verified adds ranges that are on disk and right.
func (l *ledger) verified(spans []span) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range spans {
		f, ok := l.files[s.File]
		if !ok || s.Length <= 0 || s.Off < 0 || (f.size >= 0 && s.end() > f.size) {
			continue
		}
		f.have.add(s.Off, s.end())
		l.ready = append(l.ready, f.note(s.Off, s.end())...)
	}
	l.signal()
}

// setSize records the size of a file that was unknown.
func (l *ledger) setSize(file int, size int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.files[file]
	if !ok || size < 0 || f.size == size {
		return
	}
	f.size, f.sizeNew = size, true
	if size > 0 {
		l.ready = append(l.ready, f.note(size-1, size)...)
	}
	l.signal()
}

// setValidator records what the bytes of a file belong to; another one than
// before forgets all parts. It reports whether something was forgotten.
func (l *ledger) setValidator(file int, validator string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.files[file]
	if !ok || f.validator == validator {
		return false
	}
	had := f.have.total > 0
	f.validator = validator
	f.gen++
	f.have, f.parts, f.stored = rangeSet{}, map[int]partState{}, 0
	return had
}

// forget takes back ranges that turned out to be wrong on disk.
func (l *ledger) forget(s span) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.files[s.File]
	if !ok {
		return
	}
	for n := int(s.Off/f.partSize) + 1; int64(n-1)*f.partSize < s.end(); n++ {
		if f.parts[n] != partStored {
			delete(f.parts, n)
			p := f.part(n)
			f.have.remove(max(s.Off, p.Off), min(s.end(), p.end()))
		}
	}
}

// take hands out up to n ready parts of at most the given bytes together, one
// part at least.
func (l *ledger) take(n int, bytes int64) []part {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []part
	used := 0
	for _, id := range l.ready {
		f := l.files[id.file]
		if f.gen != id.gen || f.parts[id.number] != partReady {
			used++
			continue
		}
		p := f.part(id.number)
		if len(out) == n || (len(out) > 0 && p.Length > bytes) {
			break
		}
		used++
		f.parts[id.number] = partTaken
		out = append(out, p)
		bytes -= p.Length
	}
	l.ready = slices.Delete(l.ready, 0, used)
	return out
}

// giveBack makes parts ready again that were taken and did not get to storage.
func (l *ledger) giveBack(ids ...partID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range ids {
		if f := l.files[id.file]; f.gen == id.gen && f.parts[id.number] == partTaken {
			f.parts[id.number] = partReady
			l.ready = append(l.ready, id)
		}
	}
	l.signal()
}

// store marks a part as stored and known; it reports whether the part still
// counts.
func (l *ledger) store(id partID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.files[id.file]
	if f.gen != id.gen || f.parts[id.number] == partStored {
		return false
	}
	f.parts[id.number] = partStored
	f.stored++
	return true
}

// current reports whether the part still belongs to what is fetched.
func (l *ledger) current(id partID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.files[id.file].gen == id.gen
}

// newSizes returns the sizes that the control plane does not know.
func (l *ledger) newSizes() []agentapi.FileSize {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []agentapi.FileSize
	for _, f := range l.files {
		if f.sizeNew {
			out = append(out, agentapi.FileSize{Index: f.index, Size: f.size})
		}
	}
	slices.SortFunc(out, func(a, b agentapi.FileSize) int { return cmp.Compare(a.Index, b.Index) })
	return out
}

// sizesTold records that the control plane knows the sizes.
func (l *ledger) sizesTold(sizes []agentapi.FileSize) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range sizes {
		if f := l.files[s.Index]; f.size == s.Size {
			f.sizeNew = false
		}
	}
}

// tally is what a ledger adds up to.
type tally struct {
	total    int64 // -1 while a size is unknown
	verified int64
	stored   int64
	pending  int  // parts that are ready or taken
	complete bool // every part is stored and every size is known to the control plane
}

func (l *ledger) tally() tally {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := tally{complete: true}
	for _, f := range l.files {
		switch {
		case f.size < 0:
			t.total = -1
		case t.total >= 0:
			t.total += f.size
		}
		t.verified += f.have.total
		for n, st := range f.parts {
			if st == partStored {
				t.stored += f.part(n).Length
			} else {
				t.pending++
			}
		}
		t.complete = t.complete && f.complete() && !f.sizeNew
	}
	return t
}

func (l *ledger) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}
