package shares

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// OpenShare returns the share whose address has the secret with the hash, if it
// works.
func (sh *Shares) OpenShare(ctx context.Context, tokenHash []byte) (models.Share, error) {
	var s models.Share
	err := sh.db.Row(ctx, &s, "open share", `
		select s.* from shares s join users u on u.id = s.user_id where s.token_hash = @hash and `+open,
		map[string]any{"hash": postgres.Bytes(tokenHash), "now": sh.db.Now()})
	return s, err
}

// VisitedShare returns the share of a visit that began while the epoch was the
// share's, if both still hold.
func (sh *Shares) VisitedShare(ctx context.Context, id uuid.UUID, epoch int) (models.Share, error) {
	var s models.Share
	err := sh.db.Row(ctx, &s, "load visited share", `
		select s.* from shares s join users u on u.id = s.user_id where s.id = @id and s.epoch = @epoch and `+open,
		map[string]any{"id": id, "epoch": epoch, "now": sh.db.Now()})
	return s, err
}

// CountVisit counts a visit.
func (sh *Shares) CountVisit(ctx context.Context, id uuid.UUID) error {
	_, err := sh.db.Exec(ctx, "count visit", `update shares set visits = visits + 1, last_visit_at = ? where id = ?`, sh.db.Now(), id)
	return err
}

// sharedRow is a file with the item that it belongs to.
type sharedRow struct {
	models.SharedFile
	Label string
	Strip int
}

func (r sharedRow) shared() models.SharedFile {
	out := r.SharedFile
	if out.Shown == "" {
		out.Shown = shownPath(r.Path, r.Label, r.Strip)
	}
	return out
}

// shownPath is the path of a file in a share. One that is shorter than it was when
// it was shared is shown by its name.
func shownPath(p, label string, strip int) string {
	if strip > 0 && strip < len(p) && p[strip-1] == '/' {
		p = p[strip:]
	} else if strip > 0 {
		p = p[strings.LastIndexByte(p, '/')+1:]
	}
	if label == "" {
		return p
	}
	return label + "/" + p
}

// SharedFiles returns files that the share shows behind the one with the index in
// the item, in a stable order. Index -1 of the first item begins it.
func (sh *Shares) SharedFiles(ctx context.Context, shareID uuid.UUID, position, index, limit int) ([]models.SharedFile, error) {
	var rows []sharedRow
	err := sh.db.Rows(ctx, &rows, "list shared files", `
		select f.*, i.position, i.label, i.strip, coalesce(i.shown, '') as shown from `+visible+`
		where i.share_id = ? and (i.position, f.idx) > (?, ?) order by i.position, f.idx limit ?`, shareID, position, index, limit)
	out := make([]models.SharedFile, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.shared())
	}
	return out, err
}

// CountShared returns how many files the share shows, and their bytes.
func (sh *Shares) CountShared(ctx context.Context, shareID uuid.UUID) (models.Amount, error) {
	var a models.Amount
	err := sh.db.Row(ctx, &a, "count shared files", `
		select count(*) as count, coalesce(sum(f.size), 0)::bigint as bytes from `+visible+` where i.share_id = ?`, shareID)
	return a, err
}

// SharedFile returns the file with the index in an item of the share, if it may
// be delivered.
func (sh *Shares) SharedFile(ctx context.Context, shareID uuid.UUID, position, index int) (models.SharedFile, error) {
	var r sharedRow
	err := sh.db.Row(ctx, &r, "load shared file", `
		select f.*, i.position, i.label, i.strip, coalesce(i.shown, '') as shown from `+visible+` where i.share_id = ? and i.position = ? and f.idx = ?`, shareID, position, index)
	return r.shared(), err
}

// DeliverShared returns a file that may be delivered through the share now: the
// share works, the visit's epoch is the share's, and the file is in it. While the
// share is for viewing only, what is saved may not.
func (sh *Shares) DeliverShared(ctx context.Context, v models.ShareVisit, fileID uuid.UUID, saves bool) (models.SharedFile, error) {
	var r sharedRow
	err := sh.db.Row(ctx, &r, "look whether shared file may be delivered", `
		select f.*, i.position, i.label, i.strip, coalesce(i.shown, '') as shown from shares s join users u on u.id = s.user_id
			join (`+visible+`) on i.share_id = s.id
		where s.id = @share and s.epoch = @epoch and f.id = @file and not (s.view_only and @saves) and `+open+` order by i.position limit 1`,
		map[string]any{"share": v.ShareID, "epoch": v.Epoch, "file": fileID, "saves": saves, "now": sh.db.Now()})
	return r.shared(), err
}

// CountDownload counts a visitor's download of a file, or of the zip of all if the
// item is the share. It counts once for each visit and item, when the first byte
// is about to be sent: whether the file is saved or only looked at, since a viewer
// gets the same bytes. Ranges, resumed downloads and repeats within the visit are
// free. At the share's limit it returns quota_exceeded.
func (sh *Shares) CountDownload(ctx context.Context, v models.ShareVisit, itemID uuid.UUID) error {
	var known bool
	err := sh.db.Row(ctx, &known, "look for counted download", `
		select exists (select from share_downloads where share_id = ? and visit_id = ? and item_id = ?)`, v.ShareID, v.ID, itemID)
	if err != nil || known {
		return err
	}
	return sh.db.Tx(ctx, func(ctx context.Context) error {
		n, err := sh.db.Exec(ctx, "note download", `
			insert into share_downloads (share_id, visit_id, item_id, at) values (?, ?, ?, ?) on conflict do nothing`,
			v.ShareID, v.ID, itemID, sh.db.Now())
		if err != nil || n == 0 {
			return err
		}
		// Of those that come at the same time, each sees what the one before counted.
		n, err = sh.db.Exec(ctx, "count download", `
			update shares set downloads = downloads + 1 where id = ? and (max_downloads is null or downloads < max_downloads)`, v.ShareID)
		if err == nil && n == 0 {
			return models.Errorf(models.CodeQuotaExceeded, "This share has reached its download limit.")
		}
		return err
	})
}

// maxBeside is how many films and subtitles of a share are looked at.
const maxBeside = 20_000

// SharedFilmsAndSubtitles returns the films and the files of subtitles that the
// share shows, those of the job first.
func (sh *Shares) SharedFilmsAndSubtitles(ctx context.Context, shareID, jobID uuid.UUID) ([]models.SharedFile, error) {
	var rows []sharedRow
	err := sh.db.Rows(ctx, &rows, "list shared films and subtitles", `
		select f.*, i.position, i.label, i.strip, coalesce(i.shown, '') as shown from `+visible+`
		where i.share_id = ? and (f.content_type like 'video/%' or lower(right(f.path, 4)) in ?)
		order by f.job_id <> ?, i.position, f.idx limit ?`, shareID, models.FilmEndings(), jobID, maxBeside)
	out := make([]models.SharedFile, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.shared())
	}
	return out, err
}
