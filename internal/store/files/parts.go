package files

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Targets returns the files that parts may be stored of, by index. An index
// that is none of the files to fetch is refused as invalid.
func (fs *Files) Targets(ctx context.Context, jobID uuid.UUID, indexes []int) (map[int]models.File, error) {
	var rows []models.File
	err := fs.db.Rows(ctx, &rows, "load upload targets", `
		select * from files where job_id = ? and idx = any(?) and state <> ?`, jobID, postgres.Array[int](indexes), models.FileSkipped)
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

// RecordParts records parts of the job's files that are in storage. The same
// report twice is harmless. A part that does not have the size that it must
// have is refused.
func (fs *Files) RecordParts(ctx context.Context, jobID uuid.UUID, parts []models.PartReport) error {
	indexes := make([]int, 0, len(parts))
	for _, p := range parts {
		indexes = append(indexes, p.Index)
	}
	files, err := fs.Targets(ctx, jobID, indexes)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if err := checkPart(files[p.Index], p); err != nil {
			return err
		}
	}
	return fs.upsertParts(ctx, files, parts)
}

// PartBytes returns how many bytes of the job are in storage as parts.
func (fs *Files) PartBytes(ctx context.Context, jobID uuid.UUID) (int64, error) {
	var stored int64
	err := fs.db.Row(ctx, &stored, "sum up stored parts", `
		select coalesce(sum(p.size), 0)::bigint from file_parts p join files f on f.id = p.file_id where f.job_id = ?`, jobID)
	return stored, err
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

func (fs *Files) upsertParts(ctx context.Context, files map[int]models.File, parts []models.PartReport) error {
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
		sums    []string
		etags   []string
	)
	for _, p := range parts {
		f := files[p.Index]
		if f.State == models.FileStored || seen[key{f.ID, p.Number}] {
			continue // complete already: a late repetition of a report
		}
		seen[key{f.ID, p.Number}] = true
		ids, numbers, sizes = append(ids, f.ID), append(numbers, p.Number), append(sizes, p.Size)
		crcs, sums, etags = append(crcs, p.CRC32C), append(sums, decimal(p.CRC32)), append(etags, p.ETag)
	}
	_, err := fs.db.Exec(ctx, "save parts", `
		insert into file_parts (file_id, number, size, crc32c, crc32, etag, stored_at)
		select file_id, number, size, crc32c, nullif(crc32, '')::bigint, etag, ?::timestamptz
		from unnest(?::uuid[], ?::int[], ?::bigint[], ?::text[], ?::text[], ?::text[]) as p (file_id, number, size, crc32c, crc32, etag)
		on conflict (file_id, number) do update set
			size = excluded.size, crc32c = excluded.crc32c, crc32 = excluded.crc32, etag = excluded.etag, stored_at = excluded.stored_at`,
		fs.db.Now(), postgres.Array[uuid.UUID](ids), postgres.Array[int](numbers), postgres.Array[int64](sizes),
		postgres.Array[string](crcs), postgres.Array[string](sums), postgres.Array[string](etags))
	return err
}

// decimal returns a number as Postgres reads it, empty for none.
func decimal(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}
