package seedrtest

import (
	"context"
	"path"
	"strings"
	"time"

	"longhaul/internal/wait"
)

// start begins a transfer. The lock is held.
func (s *Sim) start(src Source, size int64) *transfer {
	ctx, cancel := context.WithCancel(s.ctx)
	t := &transfer{
		id: s.nextID("transfer"), src: src, name: src.Name, listed: true, reserved: size, size: size,
		added: time.Now(), updated: time.Now(), cancel: cancel,
	}
	if t.name == "" {
		t.name = src.InfoHash
	}
	s.transfers[t.id] = t
	s.stats.Adds[src.InfoHash]++
	s.work.Go(func() { s.run(ctx, t) })
	return t
}

// run carries a transfer from its metadata to its folder.
func (s *Sim) run(ctx context.Context, t *transfer) {
	defer t.cancel()
	sw := s.Switches()
	if t.src.Magnet != "" && wait.For(ctx, sw.MetadataDelay) != nil {
		return
	}
	var tooBig bool
	content, release, err := s.fetcher.Fetch(ctx, t.src, func(st Status) { tooBig = s.update(t, st) || tooBig })
	if err != nil {
		return
	}
	free := func() {
		if release != nil {
			release()
		}
	}
	if tooBig {
		free()
		if sw.DropTooBig {
			s.drop(t)
			return
		}
		<-ctx.Done() // waits for room that never comes
		return
	}
	if s.place(t, 100); wait.For(ctx, sw.MoveDelay) != nil {
		free()
		s.leftovers(t, content)
		return
	}
	s.mu.Lock()
	if t.deleted {
		s.mu.Unlock()
		free()
		return
	}
	t.progress, t.listed, t.rate, t.updated = 101, false, 0, time.Now()
	t.forgotten = sw.ForgetDone
	early := sw.FolderDelay <= 0 || sw.EarlyFolder
	if early {
		s.deliver(t, content, release)
	}
	s.mu.Unlock()
	if early {
		return
	}
	if wait.For(ctx, sw.FolderDelay) != nil {
		free()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliver(t, content, release)
}

// update takes over how far the fetch is and reports whether there is no room.
func (s *Sim) update(t *transfer, st Status) (tooBig bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st.Size > 0 && t.reserved == 0 {
		if s.used()+s.reserved()+st.Size > s.sw.SpaceMax {
			return true
		}
		t.reserved = st.Size
	}
	if t.reserved == 0 {
		return st.Size > 0
	}
	t.name, t.size, t.done, t.rate, t.updated = st.Name, st.Size, st.Done, st.Rate, time.Now()
	if st.Size > 0 {
		t.progress = min(100*float64(st.Done)/float64(st.Size), 99.9)
	}
	if s.sw.EarlyFolder && t.folderID == 0 && st.Done > 0 {
		f := &folder{id: s.nextID("folder"), parent: rootID, name: s.mangle(st.Name), updated: time.Now()}
		s.folders[f.id], t.folderID = f, f.id
	}
	return false
}

func (s *Sim) place(t *transfer, progress float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.progress, t.done, t.rate, t.updated = progress, t.size, 0, time.Now()
}

// drop makes a transfer vanish.
func (s *Sim) drop(t *transfer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.transfers, t.id)
}

// leftovers makes a cancelled transfer's folder appear late.
func (s *Sim) leftovers(t *transfer, c Content) {
	s.mu.Lock()
	late := s.sw.LateLeftovers
	s.mu.Unlock()
	if late <= 0 || wait.For(s.ctx, late) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliver(t, c, nil)
}

// deliver puts the content into the account. The lock is held.
func (s *Sim) deliver(t *transfer, c Content, release func()) {
	top := int64(rootID)
	if !c.single() || !s.sw.SingleInRoot {
		if t.folderID == 0 {
			f := &folder{id: s.nextID("folder"), parent: rootID, name: s.mangle(c.Name), updated: time.Now()}
			s.folders[f.id], t.folderID = f, f.id
		}
		top = t.folderID
	}
	shared := once(len(c.Files), release)
	dirs := map[string]int64{".": top}
	for _, cf := range c.Files {
		at := "."
		if dir := path.Dir(cf.Path); dir != "." {
			for part := range strings.SplitSeq(dir, "/") {
				next := path.Join(at, part)
				if dirs[next] == 0 {
					f := &folder{id: s.nextID("folder"), parent: dirs[at], name: s.mangle(part), updated: time.Now()}
					s.folders[f.id], dirs[next] = f, f.id
				}
				at = next
			}
		}
		f := &file{id: s.nextID("file"), folder: dirs[at], name: s.mangle(path.Base(cf.Path)), content: cf, release: shared}
		s.files[f.id] = f
	}
}

// once calls release when it was called n times.
func once(n int, release func()) func() {
	return func() {
		if n--; n == 0 && release != nil {
			release()
		}
	}
}

// removeTransfer cancels a transfer. The lock is held.
func (s *Sim) removeTransfer(t *transfer) {
	t.deleted, t.listed = true, false
	t.cancel()
	delete(s.transfers, t.id)
}

// removeFolder deletes a folder with all in it. The lock is held.
func (s *Sim) removeFolder(id int64) {
	for _, f := range s.folders {
		if f.parent == id {
			s.removeFolder(f.id)
		}
	}
	for _, f := range s.files {
		if f.folder == id {
			s.removeFile(f.id)
		}
	}
	delete(s.folders, id)
}

func (s *Sim) removeFile(id int64) {
	f := s.files[id]
	delete(s.files, id)
	if f.release != nil {
		f.release()
	}
}
