package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"runtime"
	"slices"

	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"

	"longhaul/internal/source"
	"longhaul/models"
)

// sourceReader turns submissions into sources and judges them.
type sourceReader struct {
	store     Store
	inspector Inspector
	maxBytes  int64               // of a job's content; 0 is no limit
	large     *semaphore.Weighted // lets few large .torrent files be parsed at a time
	sealLogin func(owner uuid.UUID, l *models.Login) (string, error)
}

// largeTorrent is the size from which a .torrent file keeps a processor busy.
const largeTorrent = 1 << 20

func newSourceReader(d Deps) *sourceReader {
	half := max(1, runtime.GOMAXPROCS(0)/2) // the others answer everybody else
	return &sourceReader{store: d.Store, inspector: d.Inspector, maxBytes: d.MaxBytes, large: semaphore.NewWeighted(int64(half)), sealLogin: d.SealLogin}
}

// parse validates a submission. The manifest is nil unless the submission is a
// .torrent file, which contains it.
func (s *sourceReader) parse(ctx context.Context, sub submission) (models.Source, *models.Manifest, error) {
	if sub.Torrent != nil {
		return s.parseTorrent(ctx, sub.Torrent)
	}
	src, err := source.Parse(sub.Address)
	if err != nil {
		return models.Source{}, nil, inField(err, fieldSource)
	}
	if sub.KeepPage && src.Kind != models.SourceURL {
		return models.Source{}, nil, models.Errorf(models.CodeInvalid, "Only a URL can lead to a page.").In(fieldPage)
	}
	src.KeepPage = sub.KeepPage
	return src, nil, nil
}

func (s *sourceReader) parseTorrent(ctx context.Context, torrent []byte) (models.Source, *models.Manifest, error) {
	if len(torrent) >= largeTorrent {
		if err := s.large.Acquire(ctx, 1); err != nil {
			return models.Source{}, nil, err
		}
		defer s.large.Release(1)
	}
	src, manifest, err := source.ParseTorrent(torrent)
	if err != nil {
		return models.Source{}, nil, inField(err, fieldTorrent)
	}
	return src, &manifest, nil
}

func inField(err error, field string) error {
	if e, ok := errors.AsType[*models.Error](err); ok && e.Field == "" {
		return e.In(field)
	}
	return err
}

// newJob validates a submission as a job. It uses what an earlier inspection
// found, so that the job need not look it up again.
func (s *sourceReader) newJob(ctx context.Context, userID uuid.UUID, sub submission) (models.NewJob, error) {
	asked, manifest, err := s.parse(ctx, sub)
	if err != nil {
		return models.NewJob{}, err
	}
	src := asked
	if manifest == nil {
		if src, manifest, err = s.recalled(ctx, userID, asked); err != nil {
			return models.NewJob{}, err
		}
	}
	sealed, err := s.sealLogin(userID, src.Login)
	if err != nil {
		return models.NewJob{}, err
	}
	selected := sub.Select
	if selected == nil && !sub.ChooseFiles {
		selected = src.Select
	}
	if selected != nil {
		selected = slices.Compact(slices.Sorted(slices.Values(selected)))
	}
	choose := sub.ChooseFiles && selected == nil
	if manifest != nil && !choose {
		if err := s.checkSelection(*manifest, selected); err != nil {
			return models.NewJob{}, err
		}
	}
	var labels []uuid.UUID
	if sub.Labels != nil {
		labels = *sub.Labels
	}
	job := models.NewJob{
		UserID: userID, Source: src, SealedLogin: sealed, Manifest: manifest, Selected: selected,
		ChooseFiles: choose, Provider: sub.Provider, Failover: sub.Failover, RefuseIfFull: sub.WhenFull == fullRefuse,
		RefuseIfHeld: sub.IfHeld == heldRefuse,
		RequestHash:  requestHash(asked, selected, choose, sub.Provider, sub.Failover),
		Labels:       labels,
	}
	return job, s.apply(ctx, &job, sub)
}

// checkSelection refuses a selection that names an unknown file or is too large
// for a job.
func (s *sourceReader) checkSelection(m models.Manifest, selected []int) error {
	sizes := make(map[int]int64, len(m.Files))
	for _, f := range m.Files {
		sizes[f.Index] = f.Size
	}
	var total int64
	if selected == nil {
		total = m.Size
	}
	for _, i := range selected {
		size, ok := sizes[i]
		if !ok {
			return models.Fault(models.ProblemBadSelection, "The selection names a file that doesn't exist.").In(fieldSelect)
		}
		total += max(size, 0)
	}
	if selected != nil && len(selected) == 0 {
		return models.Fault(models.ProblemBadSelection, "Choose at least one file.").In(fieldSelect)
	}
	if s.maxBytes > 0 && total > s.maxBytes {
		return models.TooLarge(total, s.maxBytes)
	}
	return nil
}

// remembered returns what an earlier inspection found, nil if there is none.
func (s *sourceReader) remembered(ctx context.Context, userID uuid.UUID, src models.Source) (*models.Manifest, error) {
	m, err := s.store.Inspection(ctx, userID, sourceHash(src))
	if models.CodeOf(err) == models.CodeNotFound && err != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &m, nil
}

// recalled returns what an earlier inspection found, with the source that it is of:
// an address may lead to a torrent.
func (s *sourceReader) recalled(ctx context.Context, userID uuid.UUID, asked models.Source) (models.Source, *models.Manifest, error) {
	m, err := s.remembered(ctx, userID, asked)
	if err != nil || m == nil {
		return asked, nil, err
	}
	src, _, err := source.LeadsTo(asked, *m)
	return src, m, err
}

// resolve finds out what a source contains, from memory or through an agent,
// and remembers it for the user.
func (s *sourceReader) resolve(ctx context.Context, userID uuid.UUID, src models.Source) (*models.Manifest, error) {
	m, err := s.remembered(ctx, userID, src)
	if err != nil || m != nil {
		return m, err
	}
	limited, cancel := context.WithTimeout(ctx, inspectBudget)
	defer cancel()
	found, err := s.inspector.Inspect(limited, userID, src)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			return nil, models.Fault(models.ProblemMetadataTimeout,
				"No peer sent the file list within 45 seconds. You can submit it anyway.").Because(err)
		}
		return nil, err
	}
	if err := s.store.SaveInspection(ctx, userID, sourceHash(src), found); err != nil {
		return nil, err
	}
	return &found, nil
}

// verdictBefore judges a source by its own info hashes or address, before
// anything is fetched for it.
func (s *sourceReader) verdictBefore(ctx context.Context, src models.Source) (Verdict, error) {
	return s.blocked(ctx, src, src.InfoHashV1, src.InfoHashV2)
}

// verdictAfter judges a source by what it turned out to contain: metadata may
// add a second info hash.
func (s *sourceReader) verdictAfter(ctx context.Context, src models.Source, m models.Manifest) (Verdict, error) {
	v, err := s.blocked(ctx, src, src.InfoHashV1, src.InfoHashV2, m.InfoHashV1, m.InfoHashV2)
	if err != nil || !v.Allowed {
		return v, err
	}
	return s.sizeVerdict(m), nil
}

func (s *sourceReader) blocked(ctx context.Context, src models.Source, hashes ...string) (Verdict, error) {
	hashes = slices.DeleteFunc(hashes, func(h string) bool { return h == "" })
	address := src.Origin
	if src.Kind == models.SourceURL {
		address = src.URI
	}
	blocked, err := s.store.Blocked(ctx, hashes, address)
	if err != nil {
		return Verdict{}, err
	}
	if blocked {
		return judged(false, models.ProblemBlockedContent.Reason(nil)), nil
	}
	return Verdict{Allowed: true}, nil
}

// sizeVerdict allows content if at least one of its files may be fetched.
func (s *sourceReader) sizeVerdict(m models.Manifest) Verdict {
	if s.maxBytes <= 0 || m.Size <= s.maxBytes {
		return Verdict{Allowed: true}
	}
	some := slices.ContainsFunc(m.Files, func(f models.ManifestFile) bool { return len(m.Files) > 1 && f.Size <= s.maxBytes })
	return judged(some, models.ProblemContentTooLarge.Because("bytes", m.Size, "limit", s.maxBytes))
}

// sourceHash is the identity of what a source names: its info hashes, or its
// address.
func sourceHash(src models.Source) []byte {
	h := sha256.New()
	for _, part := range identity(src) {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		h.Write([]byte(part))
	}
	return h.Sum(nil)
}

func identity(src models.Source) []string {
	if src.InfoHash() != "" {
		return []string{"torrent", src.InfoHashV1, src.InfoHashV2}
	}
	if src.KeepPage {
		return []string{string(src.Kind), src.URI, fieldPage}
	}
	return []string{string(src.Kind), src.URI}
}

// requestHash identifies the meaning of a submission: reusing a key with
// another meaning is a client error.
func requestHash(src models.Source, selected []int, choose bool, p models.Provider, f models.Failover) []byte {
	h := sha256.New()
	h.Write(sourceHash(src))
	h.Write([]byte(src.URI))
	flags := []byte{0, 0}
	if selected != nil {
		flags[0] = 1
	}
	if choose {
		flags[1] = 1
	}
	h.Write(flags)
	for _, i := range selected {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(i)))
	}
	h.Write([]byte(p + "/" + models.Provider(f)))
	return h.Sum(nil)
}
