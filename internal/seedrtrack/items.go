package seedrtrack

import (
	"context"
	"errors"
	"slices"

	"longhaul/internal/seedr"
	"longhaul/models"
)

// add starts a transfer. The item's row says so before the call is made: an
// answer that gets lost is looked for in the listings that follow, and only
// then the add is repeated.
func (f *follower) add(ctx context.Context, hash string, group []*followed, root seedr.Folder) {
	f.soon = true
	first := group[0]
	if f.full(ctx, group, root) {
		return
	}
	src, err := f.Store.Source(ctx, first.JobID)
	if err != nil {
		f.log.WarnContext(ctx, "could not read source", "job_id", first.JobID, "error", err)
		return
	}
	now := f.Now()
	item := models.SeedrItem{
		InfoHash: hash, Title: first.job.Name, Size: -1, AddedAt: now, ProgressedAt: now, SeenAt: now, Before: idsOf(root),
	}
	claimed, err := f.Store.ClaimSeedrItem(ctx, item)
	if err != nil {
		f.log.WarnContext(ctx, "could not announce an add", "job_id", first.JobID, "error", err)
		return
	}
	if !claimed {
		return // another tracker handles it, or it is no longer needed
	}
	f.items[hash] = item
	var added seedr.Added
	if src.Kind == models.SourceTorrent && len(src.Metainfo) > 0 {
		added, err = f.Account.AddTorrentFile(ctx, src.Metainfo)
	} else {
		added, err = f.Account.AddMagnet(ctx, src.URI)
	}
	if err != nil {
		f.notAdded(context.WithoutCancel(ctx), item, group, root, err)
		return
	}
	item.TransferID = added.ID
	if added.Name != "" && added.Name != hash {
		item.Title = added.Name
	}
	ctx = context.WithoutCancel(ctx) // it is there now; that has to be noted
	f.keep(ctx, item)
	delete(f.refused, hash)
	for _, o := range group {
		f.refer(ctx, o, added.ID)
		o.waits(models.Because(models.ReasonSeedrLooksForPeers), nil)
	}
}

// full reports whether the account shows no room for the group, which then
// waits, or ends its attempts after a while: they continue in the queue or on
// another provider.
func (f *follower) full(ctx context.Context, group []*followed, root seedr.Folder) bool {
	var need int64
	for _, o := range group {
		need = max(need, o.job.Bytes())
	}
	free := root.SpaceMax - root.SpaceUsed
	var fault *models.Error
	switch slots := f.account.Slots; {
	case slots > 0 && len(root.Transfers) >= slots:
		fault = models.Fault(models.ProblemSeedrSlots, "%d of %d Seedr slots are in use.", len(root.Transfers), slots).With("taken", len(root.Transfers)).With("slots", slots)
	case root.SpaceMax > 0 && (need > free || free <= 0):
		fault = seedrFull(need, free)
	default:
		return false
	}
	now := f.Now()
	for _, o := range group {
		if o.since.IsZero() {
			o.since = now
		}
		by := o.since.Add(f.Pace.Full)
		o.waits(fault.Reason(), &by)
		if !now.Before(by) {
			f.fail(ctx, o, fault)
		}
	}
	return true
}

// notAdded takes in that an add was refused, or that its answer got lost.
func (f *follower) notAdded(ctx context.Context, item models.SeedrItem, group []*followed, root seedr.Folder, err error) {
	kind, e := seedr.KindOf(err), models.AsError(err)
	f.log.InfoContext(ctx, "Seedr did not accept the transfer", "job_id", group[0].JobID, "kind", string(kind), "error", err)
	switch kind {
	case seedr.KindTransient, seedr.KindHTML, seedr.KindMalformed:
		told(group, models.Because(models.ReasonSeedrUnconfirmed))
		return // it may be there
	case seedr.KindDuplicate:
		f.refused[item.InfoHash] = err
		told(group, e.Reason())
		return
	case seedr.KindLimited, seedr.KindOpen, seedr.KindAuth, seedr.KindBug:
		f.forget(ctx, item)
		f.fails(ctx, err)
		return
	case seedr.KindSpace, seedr.KindSlots:
		f.forget(ctx, item)
		f.noRoom(ctx, group, root, kind, err)
		return
	default: // it will not take this one
		f.forget(ctx, item)
		for _, o := range group {
			f.fail(ctx, o, e)
		}
	}
}

// noRoom takes in that Seedr put a source on the wishlist, or not even there.
func (f *follower) noRoom(ctx context.Context, group []*followed, root seedr.Folder, kind seedr.Kind, err error) {
	e := models.AsError(err)
	var size int64
	if se, ok := errors.AsType[*seedr.Error](err); ok && se.Wish != nil {
		size = se.Wish.Size
		if se.Wish.ID > 0 {
			f.wishes[se.Wish.ID] = true
		}
	}
	for _, o := range group {
		size = max(size, o.job.Bytes())
	}
	slots := 0
	switch {
	case kind == seedr.KindSlots:
		slots = len(root.Transfers) // that many were in use, and no more fit
		e = models.Fault(models.ProblemSeedrSlots, "All %d slots of the Seedr account are in use.", max(slots, 1)).With("taken", max(slots, 1)).With("slots", max(slots, 1))
	case root.SpaceMax > 0 && size > root.SpaceMax:
		e = models.SeedrTooSmall(size, root.SpaceMax)
	case root.SpaceMax > 0:
		e = seedrFull(size, root.SpaceMax-root.SpaceUsed)
	}
	if e.Problem != models.ProblemSeedrTooSmall {
		if err := f.Store.SaveSeedrFull(ctx, f.Pace.Full, slots); err != nil {
			f.log.WarnContext(ctx, "could not save that the Seedr account is full", "error", err)
		}
	}
	for _, o := range group {
		f.fail(ctx, o, e.Because(err))
	}
}

// unwish removes wishlist entries that refused adds left behind: nothing would
// download them, and a full wishlist refuses more. What does not work out is
// tried again after the next listing.
func (f *follower) unwish(ctx context.Context) {
	for id := range f.wishes {
		if err := ignoreGone(f.Account.RemoveWish(ctx, id)); err != nil {
			f.log.InfoContext(ctx, "could not remove wishlist entry; will retry", "error", err)
			return
		}
		delete(f.wishes, id)
	}
}

// arrive looks for what became of a transfer that is not in the list of
// running ones: its files, or nothing.
func (f *follower) arrive(ctx context.Context, item models.SeedrItem, group []*followed, root seedr.Folder) {
	now := f.Now()
	if item.TransferID > 0 {
		t, err := f.Account.Transfer(ctx, item.TransferID)
		if err == nil && t.Name != "" && t.Name != item.InfoHash {
			item.Title = t.Name // of a magnet that was too quick to be seen running
		}
		switch {
		case err == nil && t.FolderID > 0:
			item.FolderID = t.FolderID
		case err != nil && seedr.KindOf(err) != seedr.KindGone:
			f.log.InfoContext(ctx, "could not read transfer", "error", err)
			return
		case err == nil && !t.Done() && t.Progress < seedr.ProgressFetched && now.Sub(item.SeenAt) < f.Pace.Appear:
			return // a listing may miss a young transfer
		}
	}
	fresh := withoutIDs(root, item.Before)
	if item.FolderID == 0 {
		if res, ok := seedr.FindResult(fresh, item.Title); ok {
			item.FolderID = res.FolderID
			if res.File != nil {
				item.FileID = res.File.ID
			}
		} else if res, ok := seedr.FindResult(fresh, group[0].job.Name); ok && item.Title != group[0].job.Name {
			item.FolderID = res.FolderID
			if res.File != nil {
				item.FileID = res.File.ID
			}
		}
	}
	if item.FolderID != 0 || item.FileID != 0 {
		f.takeIn(ctx, item, group, fresh)
		return
	}
	f.absent(ctx, item, group)
}

// takeIn reads the files of what arrived and completes the waiting attempts.
func (f *follower) takeIn(ctx context.Context, item models.SeedrItem, group []*followed, root seedr.Folder) {
	files, err := f.filesOf(ctx, item, root)
	late := f.Now().Sub(item.SeenAt) >= f.Pace.Appear
	var sum int64
	for _, file := range files {
		sum += file.Size
	}
	switch {
	case err != nil && seedr.KindOf(err) != seedr.KindGone:
		f.log.InfoContext(ctx, "could not list files on Seedr", "error", err)
		return
	case (err != nil || len(files) == 0) && late:
		f.absent(ctx, item, group)
		return
	case err != nil || len(files) == 0 || sum < item.Size && !late:
		told(group, models.Because(models.ReasonSeedrPlacesFiles))
		return // not all of it is visible yet
	}
	now := f.Now()
	item.Files, item.DoneAt, item.Size, item.Progress, item.SeenAt = files, &now, sum, seedr.ProgressDone, now
	if !f.keep(ctx, item) {
		return
	}
	for _, o := range group {
		f.finish(ctx, o, item)
	}
}

func (f *follower) filesOf(ctx context.Context, item models.SeedrItem, root seedr.Folder) ([]models.SeedrFile, error) {
	if item.FolderID == 0 {
		for _, file := range root.Files {
			if file.ID == item.FileID {
				return []models.SeedrFile{{ID: file.ID, Path: file.Name, Size: file.Size}}, nil
			}
		}
		return nil, nil
	}
	tree, err := f.Account.Tree(ctx, item.FolderID)
	if err != nil {
		return nil, err
	}
	out := make([]models.SeedrFile, 0, len(tree))
	for _, file := range tree {
		out = append(out, models.SeedrFile{ID: file.ID, Path: file.Path, Size: file.Size})
	}
	return out, nil
}

// absent records that an item is not on the account.
func (f *follower) absent(ctx context.Context, item models.SeedrItem, group []*followed) {
	now := f.Now()
	if item.TransferID == 0 {
		if now.Sub(item.AddedAt) < f.Pace.Again {
			return // the answer to the add may be on its way
		}
		err := f.refused[item.InfoHash]
		f.forget(ctx, item) // so the next listing adds it again
		if err != nil {
			for _, o := range group {
				f.fail(ctx, o, models.AsError(err))
			}
		}
		return
	}
	if now.Sub(item.SeenAt) < f.Pace.Appear {
		told(group, models.Because(models.ReasonSeedrPlacesFiles))
		return
	}
	item.Released = true // a part of it may appear late
	f.keep(ctx, item)
	for _, o := range group {
		f.fail(ctx, o, models.Fault(models.ProblemSeedrGone, "Seedr dropped it, or someone removed it there."))
	}
}

// release removes from the account what no job needs anymore. It is done when
// nothing of it has appeared for a while, because a stopped transfer may leave
// files late.
func (f *follower) release(ctx context.Context, item models.SeedrItem, root seedr.Folder) {
	now := f.Now()
	if !item.Released {
		item.Released, item.SeenAt = true, now
		if !f.keep(ctx, item) {
			return
		}
	}
	acted, err := f.remove(ctx, item, withoutIDs(root, item.Before))
	if err != nil {
		f.log.InfoContext(ctx, "could not remove from Seedr; will retry", "error", err)
		return
	}
	switch {
	case acted:
		item.SeenAt = now
		f.keep(ctx, item)
		f.soon = true
	case item.DoneAt != nil || now.Sub(item.SeenAt) >= f.Pace.Appear:
		f.forget(ctx, item)
	}
}

// remove deletes what the listing shows of an item, and reports whether it
// shows anything.
func (f *follower) remove(ctx context.Context, item models.SeedrItem, root seedr.Folder) (bool, error) {
	if t, ok := root.FindTransfer(item.InfoHash); ok {
		return true, ignoreGone(f.Account.DeleteTransfer(ctx, t.ID))
	}
	folder, file := item.FolderID, item.FileID
	if folder == 0 && file == 0 {
		res, _ := seedr.FindResult(root, item.Title)
		folder = res.FolderID
		if res.File != nil {
			file = res.File.ID
		}
	}
	if folder != 0 && slices.ContainsFunc(root.Folders, func(d seedr.Folder) bool { return d.ID == folder }) {
		return true, ignoreGone(f.Account.DeleteFolder(ctx, folder))
	}
	if file != 0 && slices.ContainsFunc(root.Files, func(d seedr.File) bool { return d.ID == file }) {
		return true, ignoreGone(f.Account.DeleteFile(ctx, file))
	}
	return false, nil
}

func ignoreGone(err error) error {
	if seedr.KindOf(err) == seedr.KindGone {
		return nil
	}
	return err
}

// holds reports whether the listing shows the item's folder or file.
func holds(root seedr.Folder, item models.SeedrItem) bool {
	return slices.ContainsFunc(root.Folders, func(d seedr.Folder) bool { return d.ID == item.FolderID }) ||
		slices.ContainsFunc(root.Files, func(d seedr.File) bool { return d.ID == item.FileID })
}

// idsOf returns the ids of what is in the root: none of it is what a later
// transfer brings.
func idsOf(root seedr.Folder) []int64 {
	out := make([]int64, 0, len(root.Folders)+len(root.Files))
	for _, d := range root.Folders {
		out = append(out, d.ID)
	}
	for _, d := range root.Files {
		out = append(out, d.ID)
	}
	return out
}

func withoutIDs(root seedr.Folder, ids []int64) seedr.Folder {
	known := make(map[int64]bool, len(ids))
	for _, id := range ids {
		known[id] = true
	}
	root.Folders = slices.DeleteFunc(slices.Clone(root.Folders), func(d seedr.Folder) bool { return known[d.ID] })
	root.Files = slices.DeleteFunc(slices.Clone(root.Files), func(d seedr.File) bool { return known[d.ID] })
	return root
}
