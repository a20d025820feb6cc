package upload

import (
	"cmp"
	"slices"
	"sync"

	"longhaul/agent/agentapi"
	"longhaul/internal/byterange"
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

// Part is a part of a file and its place in it.
type Part struct {
	File      int
	Number    int // from 1
	Validator string
	byterange.Range

	gen int
}

func (p Part) id() partID { return partID{p.File, p.Number, p.gen} }

// Ledger knows which bytes of a transfer are verified and how far each part
// is. It is safe for use by several goroutines.
type Ledger struct {
	mu    sync.Mutex
	files map[int]*fileLedger
	sum   sum           // of all files, so that a look at it costs the same for a million of them
	ready []partID      // in the order of completion; may name parts that are not ready any more
	wake  chan struct{} // has an entry when there may be something to take
}

type fileLedger struct {
	index     int
	size      int64 // -1 while unknown
	partSize  int64
	validator string
	gen       int
	have      byterange.Set // verified
	bytes     int64         // of have
	parts     map[int]partState
	stored    int   // parts
	inStorage int64 // bytes of them
	sizeNew   bool  // the control plane does not know the size
}

// NewLedger returns the ledger of the files. The parts that their specs name are
// in storage.
func NewLedger(files []agentapi.FileJob) *Ledger {
	l := &Ledger{files: make(map[int]*fileLedger, len(files)), wake: make(chan struct{}, 1)}
	for _, f := range files {
		fl := &fileLedger{
			index: f.Index, size: f.Size, partSize: f.PartSize, validator: f.Validator, parts: map[int]partState{},
		}
		l.files[f.Index] = fl
		l.sum.add(fl, 1)
		for _, n := range f.Stored {
			l.Load(f.Index, int(n))
		}
	}
	return l
}

// Load enters a part that is known to be stored.
func (l *Ledger) Load(file, number int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.files[file]
	if f.parts[number] == partStored {
		return
	}
	p := f.part(number)
	if p.Len <= 0 {
		return
	}
	defer l.edit(f)()
	f.bytes += f.have.Add(p.Range)
	f.setStored(p)
}

// edit keeps the sum right while a file changes: call what it returns afterwards.
func (l *Ledger) edit(f *fileLedger) func() {
	l.sum.add(f, -1)
	return func() { l.sum.add(f, 1) }
}

func (f *fileLedger) setStored(p Part) {
	f.parts[p.Number] = partStored
	f.stored++
	f.inStorage += p.Len
}

func (f *fileLedger) part(number int) Part {
	off := int64(number-1) * f.partSize
	end := off + f.partSize
	if f.size >= 0 {
		end = min(end, f.size)
	}
	return Part{
		File: f.index, Number: number, Validator: f.validator, Range: byterange.Range{Off: off, Len: end - off}, gen: f.gen,
	}
}

func (f *fileLedger) count() int { return int((f.size + f.partSize - 1) / f.partSize) }

func (f *fileLedger) complete() bool { return f.size >= 0 && f.stored == f.count() }

// note marks the parts that the range completes.
func (f *fileLedger) note(r byterange.Range) []partID {
	var out []partID
	for n := int(r.Off/f.partSize) + 1; int64(n-1)*f.partSize < r.End(); n++ {
		p := f.part(n)
		if f.parts[n] == 0 && p.Len > 0 && f.have.Has(p.Range) {
			f.parts[n] = partReady
			out = append(out, p.id())
		}
	}
	return out
}

// Verified adds ranges of a file that are on disk and right.
func (l *Ledger) Verified(file int, ranges ...byterange.Range) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.files[file]
	if !ok {
		return
	}
	defer l.edit(f)()
	for _, r := range ranges {
		if r.Len <= 0 || r.Off < 0 || (f.size >= 0 && r.End() > f.size) {
			continue
		}
		f.bytes += f.have.Add(r)
		l.ready = append(l.ready, f.note(r)...)
	}
	l.signal()
}

// SetSize records the size of a file that was unknown.
func (l *Ledger) SetSize(file int, size int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.files[file]
	if !ok || size < 0 || f.size == size {
		return
	}
	defer l.edit(f)()
	f.size, f.sizeNew = size, true
	f.inStorage = 0
	for n, state := range f.parts {
		if state == partStored {
			f.inStorage += f.part(n).Len
		}
	}
	if size > 0 {
		l.ready = append(l.ready, f.note(byterange.Range{Off: size - 1, Len: 1})...)
	}
	l.signal()
}

// SetValidator records what the bytes of a file belong to; another one than
// before forgets all parts. It reports whether something was forgotten.
func (l *Ledger) SetValidator(file int, validator string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.files[file]
	if !ok || f.validator == validator {
		return false
	}
	defer l.edit(f)()
	had := f.bytes > 0
	f.validator = validator
	f.gen++
	f.have, f.bytes, f.parts, f.stored, f.inStorage = nil, 0, map[int]partState{}, 0, 0
	return had
}

// Forget takes back a range of a file that turned out to be wrong on disk.
func (l *Ledger) Forget(file int, r byterange.Range) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.files[file]
	if !ok {
		return
	}
	defer l.edit(f)()
	for n := int(r.Off/f.partSize) + 1; int64(n-1)*f.partSize < r.End(); n++ {
		if f.parts[n] != partStored {
			delete(f.parts, n)
			p := f.part(n)
			f.bytes -= f.have.Remove(byterange.Between(max(r.Off, p.Off), min(r.End(), p.End())))
		}
	}
}

// take hands out up to n ready parts of at most the given bytes together, one
// part at least.
func (l *Ledger) take(n int, bytes int64) []Part {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Part
	used := 0
	for _, id := range l.ready {
		f := l.files[id.file]
		if f.gen != id.gen || f.parts[id.number] != partReady {
			used++
			continue
		}
		p := f.part(id.number)
		if len(out) == n || (len(out) > 0 && p.Len > bytes) {
			break
		}
		used++
		f.parts[id.number] = partTaken
		out = append(out, p)
		bytes -= p.Len
	}
	l.ready = slices.Delete(l.ready, 0, used)
	return out
}

// giveBack makes parts ready again that were taken and did not get to storage.
func (l *Ledger) giveBack(ids ...partID) {
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
func (l *Ledger) store(id partID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.files[id.file]
	if f.gen != id.gen || f.parts[id.number] == partStored {
		return false
	}
	defer l.edit(f)()
	f.setStored(f.part(id.number))
	return true
}

// current reports whether the part still belongs to what is fetched.
func (l *Ledger) current(id partID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.files[id.file].gen == id.gen
}

// newSizes returns the sizes that the control plane does not know.
func (l *Ledger) newSizes() []agentapi.FileSize {
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
func (l *Ledger) sizesTold(sizes []agentapi.FileSize) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range sizes {
		if f := l.files[s.Index]; f.size == s.Size {
			done := l.edit(f)
			f.sizeNew = false
			done()
		}
	}
}

// Idle reports whether no whole part is on its way to storage.
func (l *Ledger) Idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.files {
		for _, st := range f.parts {
			if st != partStored {
				return false
			}
		}
	}
	return true
}

// Tally is what a ledger adds up to.
type Tally struct {
	Total    int64 // -1 while a size is unknown
	Verified int64
	Stored   int64
	Complete bool // every part is stored and every size is known to the control plane
}

// Tally adds up what is there.
func (l *Ledger) Tally() Tally {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := Tally{Total: l.sum.size, Verified: l.sum.verified, Stored: l.sum.stored, Complete: l.sum.open == 0}
	if l.sum.unsized > 0 {
		t.Total = -1
	}
	return t
}

// sum is what files add up to.
type sum struct {
	size, verified, stored int64 // bytes
	unsized                int   // files of unknown size
	open                   int   // files that are not stored, or whose size is not told
}

// add adds a file's share n times.
func (s *sum) add(f *fileLedger, n int) {
	s.size += int64(n) * max(f.size, 0)
	s.verified += int64(n) * f.bytes
	s.stored += int64(n) * f.inStorage
	if f.size < 0 {
		s.unsized += n
	}
	if !f.complete() || f.sizeNew {
		s.open += n
	}
}

func (l *Ledger) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}
