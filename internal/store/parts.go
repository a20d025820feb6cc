package store

import (
	"context"

	"github.com/google/uuid"

	"longhaul/models"
)

// UploadTargets returns the files that the agent may upload parts of, by
// index. It refuses an attempt that is not the newest as superseded, and an
// index that is none of the files to fetch as invalid.
func (s *Store) UploadTargets(
	ctx context.Context, agentID, jobID uuid.UUID, epoch int64, indexes []int,
) (map[int]models.File, error) {
	var out map[int]models.File
	err := s.Tx(ctx, func(ctx context.Context) error {
		if err := s.fence(ctx, agentID, jobID, epoch); err != nil {
			return err
		}
		var err error
		out, err = s.targets(ctx, jobID, indexes)
		return err
	})
	return out, err
}

func (s *Store) targets(ctx context.Context, jobID uuid.UUID, indexes []int) (map[int]models.File, error) {
	var rows []models.File
	err := s.rows(ctx, &rows, "load upload targets", `
		select * from files where job_id = ? and idx = any(?) and state <> ?`, jobID, array{indexes}, models.FileSkipped)
	if err != nil {
		return nil, err
	}
	out := make(map[int]models.File, len(rows))
	for _, f := range rows {
		out[f.Index] = f
	}
	for _, i := range indexes {
		if _, ok := out[i]; !ok {
			return nil, models.Errorf(models.CodeInvalid, "File %d is none of the files to fetch.", i)
		}
	}
	return out, nil
}

// SetUploadID records the multipart upload of a file. The first one wins; the
// winner is returned, and a caller whose upload lost aborts it.
func (s *Store) SetUploadID(ctx context.Context, fileID uuid.UUID, uploadID string) (string, error) {
	var current string
	err := s.row(ctx, &current, "set upload id", `
		update files set upload_id = coalesce(upload_id, ?) where id = ? and state = ? returning upload_id`,
		uploadID, fileID, models.FilePending)
	return current, err
}

// ResetUpload makes the file's parts belong to the validator. If it had
// another one, its parts are forgotten and its old upload, if any, is returned
// for the caller to abort.
func (s *Store) ResetUpload(ctx context.Context, fileID uuid.UUID, validator string) (string, error) {
	var old string
	err := s.Tx(ctx, func(ctx context.Context) error {
		old = ""
		var f models.File
		err := s.row(ctx, &f, "lock file", `select * from files where id = ? and state = ? for update`,
			fileID, models.FilePending)
		if err != nil || f.Validator == validator {
			return err
		}
		if _, err := s.exec(ctx, "forget parts", `delete from file_parts where file_id = ?`, fileID); err != nil {
			return err
		}
		if f.UploadID != nil {
			old = *f.UploadID
		}
		_, err = s.exec(ctx, "reset upload", `update files set upload_id = null, validator = ? where id = ?`, validator, fileID)
		return err
	})
	return old, err
}

// SaveParts records parts that are in storage. The same report twice is
// harmless. A part that does not have the size that it must have is refused.
func (s *Store) SaveParts(ctx context.Context, agentID, jobID uuid.UUID, epoch int64, parts []models.PartReport) error {
	if len(parts) == 0 {
		return nil
	}
	return s.Tx(ctx, func(ctx context.Context) error {
		if err := s.fence(ctx, agentID, jobID, epoch); err != nil {
			return err
		}
		indexes := make([]int, 0, len(parts))
		for _, p := range parts {
			indexes = append(indexes, p.Index)
		}
		files, err := s.targets(ctx, jobID, indexes)
		if err != nil {
			return err
		}
		for _, p := range parts {
			if err := checkPart(files[p.Index], p); err != nil {
				return err
			}
		}
		return s.upsertParts(ctx, files, parts)
	})
}

// checkPart refuses a part that cannot be one of the file's.
func checkPart(f models.File, p models.PartReport) error {
	bad := models.Errorf(models.CodeInvalid, "Part %d of file %d cannot be %d bytes long.", p.Number, p.Index, p.Size)
	if p.Number < 1 || p.Number > models.MaxParts || p.Size <= 0 || p.Size > f.PartSize {
		return bad
	}
	if f.Size >= 0 && p.Size != min(f.PartSize, f.Size-int64(p.Number-1)*f.PartSize) {
		return bad
	}
	return nil
}

func (s *Store) upsertParts(ctx context.Context, files map[int]models.File, parts []models.PartReport) error {
	type key struct {
		file   uuid.UUID
		number int
	}
	var (
		seen    = make(map[key]bool, len(parts))
		ids     []uuid.UUID
		numbers []int
		sizes   []int64
		crcs    []string
		etags   []string
	)
	for _, p := range parts {
		f := files[p.Index]
		if f.State == models.FileStored || seen[key{f.ID, p.Number}] {
			continue // complete already: a late repetition of a report
		}
		seen[key{f.ID, p.Number}] = true
		ids, numbers, sizes = append(ids, f.ID), append(numbers, p.Number), append(sizes, p.Size)
		crcs, etags = append(crcs, p.CRC32C), append(etags, p.ETag)
	}
	_, err := s.exec(ctx, "save parts", `
		insert into file_parts (file_id, number, size, crc32c, etag, stored_at)
		select file_id, number, size, crc32c, etag, ?::timestamptz
		from unnest(?::uuid[], ?::int[], ?::bigint[], ?::text[], ?::text[]) as p (file_id, number, size, crc32c, etag)
		on conflict (file_id, number) do update set
			size = excluded.size, crc32c = excluded.crc32c, etag = excluded.etag, stored_at = excluded.stored_at`,
		s.Now(), array{ids}, array{numbers}, array{sizes}, array{crcs}, array{etags})
	return err
}

// SetFileSizes records sizes that were unknown before. A size that is known
// already may only be repeated. The job holds exactly its size from then on;
// see ReserveParts for how that is refused.
func (s *Store) SetFileSizes(ctx context.Context, agentID, jobID uuid.UUID, epoch int64, sizes map[int]int64) error {
	if len(sizes) == 0 {
		return nil
	}
	var full error
	err := s.Tx(ctx, func(ctx context.Context) error {
		full = nil
		job, err := s.lockFenced(ctx, agentID, jobID, epoch)
		if err != nil {
			return err
		}
		indexes := make([]int, 0, len(sizes))
		for i := range sizes {
			indexes = append(indexes, i)
		}
		files, err := s.targets(ctx, jobID, indexes)
		if err != nil {
			return err
		}
		for i, size := range sizes {
			if err := s.setFileSize(ctx, files[i], size); err != nil {
				return err
			}
		}
		if err := s.sumSize(ctx, &job); err != nil {
			return err
		}
		held, err := s.claim(ctx, &job)
		if err != nil || held {
			return err
		}
		full, err = s.storageFull(ctx, job)
		return err
	})
	if err != nil {
		return err
	}
	return full
}

func (s *Store) setFileSize(ctx context.Context, f models.File, size int64) error {
	switch {
	case size < 0 || size > f.PartSize*models.MaxParts:
		return models.Errorf(models.CodeInvalid, "A file cannot be %d bytes long.", size)
	case f.Size == size:
		return nil
	case f.Size >= 0:
		return models.Fault(models.ProblemLengthMismatch, "The file was announced with %d bytes and came with %d.", f.Size, size)
	}
	_, err := s.exec(ctx, "set file size", `update files set size = ? where id = ? and size = -1`, size, f.ID)
	return err
}

// sumSize makes the job's size and number of files what its rows of files say.
func (s *Store) sumSize(ctx context.Context, job *models.Job) error {
	return s.row(ctx, job, "sum up job size", `
		update jobs j set file_count = f.n, size = f.size, updated_at = ?
		from (select count(*) as n, case when min(size) >= 0 then sum(size)::bigint end as size
			from files where job_id = ? and state <> ?) f
		where j.id = ? returning j.*`, s.Now(), job.ID, models.FileSkipped, job.ID)
}
