package agents

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/api/kit"
	"longhaul/models"
)

// Bounds of one call for uploads.
const (
	maxUploads  = 64
	uploadTime  = 15 * time.Minute         // how long a presigned address works
	storageTime = agentapi.CallTimeout / 2 // that a call waits for storage, so that its answer comes in time
	maxETag     = 200
	maxValidate = 512
)

// Uploads creates places in object storage for agents to write to.
type Uploads interface {
	CreateMultipart(ctx context.Context, key, contentType string) (uploadID string, err error)
	AbortMultipart(ctx context.Context, key, uploadID string) error
	PresignPart(ctx context.Context, key, uploadID string, number int, size int64, crc32c string, ttl time.Duration) (url string, headers map[string]string, err error)
	PresignPut(ctx context.Context, key string, size int64, crc32c, contentType string, ttl time.Duration) (url string, headers map[string]string, err error)
}

// uploadService answers agents' calls for uploads.
type uploadService struct {
	store   Store
	uploads Uploads
}

// serve records sizes and stored parts, then answers an address for each
// wanted part, in the same order.
func (s *uploadService) serve(ctx context.Context, agentID, jobID uuid.UUID, in agentapi.Uploads) ([]agentapi.PartURL, error) {
	if len(in.Done) > maxUploads || len(in.Want) > maxUploads || len(in.Sizes) > maxUploads {
		return nil, models.Errorf(models.CodeTooLarge, "At most %d parts at once.", maxUploads)
	}
	if err := s.saveSizes(ctx, agentID, jobID, in); err != nil {
		return nil, err
	}
	files, err := s.store.UploadTargets(ctx, agentID, jobID, in.Epoch, indexesOf(in))
	if err != nil {
		return nil, err
	}
	if err := s.saveDone(ctx, agentID, jobID, in, files); err != nil {
		return nil, err
	}
	if err := s.reserve(ctx, agentID, jobID, in, files); err != nil {
		return nil, err
	}
	// An agent whose call hangs would take the control plane for away.
	ctx, cancel := context.WithTimeout(ctx, storageTime)
	defer cancel()
	urls := make([]agentapi.PartURL, 0, len(in.Want))
	for _, w := range in.Want {
		f, ok := files[w.Index]
		if !ok {
			return nil, models.Errorf(models.CodeInvalid, "File %d is not part of this transfer.", w.Index).In("want")
		}
		if err := checkPart(f, w.Number, w.Size, w.CRC32C); err != nil {
			return nil, err
		}
		if f, err = s.prepare(ctx, f, w); err != nil {
			return nil, err
		}
		files[w.Index] = f
		address, err := s.presign(ctx, f, w)
		if err != nil {
			return nil, err
		}
		urls = append(urls, address)
	}
	return urls, nil
}

func (s *uploadService) saveSizes(ctx context.Context, agentID, jobID uuid.UUID, in agentapi.Uploads) error {
	if len(in.Sizes) == 0 {
		return nil
	}
	sizes := make(map[int]int64, len(in.Sizes))
	for _, f := range in.Sizes {
		if f.Index < 0 || f.Size < 0 {
			return models.Errorf(models.CodeInvalid, "A file's size must be at least 0.").In("sizes")
		}
		sizes[f.Index] = f.Size
	}
	return s.store.SetFileSizes(ctx, agentID, jobID, in.Epoch, sizes)
}

func (s *uploadService) saveDone(ctx context.Context, agentID, jobID uuid.UUID, in agentapi.Uploads, files map[int]models.File) error {
	if len(in.Done) == 0 {
		return nil
	}
	reports := make([]models.PartReport, 0, len(in.Done))
	for _, d := range in.Done {
		f, ok := files[d.Index]
		if !ok {
			return models.Errorf(models.CodeInvalid, "File %d is not part of this transfer.", d.Index).In("done")
		}
		if err := checkPart(f, d.Number, d.Size, d.CRC32C); err != nil {
			return err
		}
		if d.ETag == "" || len(d.ETag) > maxETag {
			return models.Errorf(models.CodeInvalid, "A stored part must have an ETag.").In("done")
		}
		part := models.Part{FileID: f.ID, Number: d.Number, Size: d.Size, CRC32C: d.CRC32C, ETag: d.ETag}
		if d.CRC32 != nil {
			part.CRC32 = models.KnownCRC32(*d.CRC32)
		}
		reports = append(reports, models.PartReport{Index: d.Index, Part: part})
	}
	return s.store.SaveParts(ctx, agentID, jobID, in.Epoch, reports)
}

// reserve makes the job reserve storage before it stores unannounced bytes.
func (s *uploadService) reserve(ctx context.Context, agentID, jobID uuid.UUID, in agentapi.Uploads, files map[int]models.File) error {
	var bytes int64
	for _, w := range in.Want {
		if f, ok := files[w.Index]; ok && f.Size < 0 {
			bytes += max(w.Size, 0)
		}
	}
	if bytes == 0 {
		return nil
	}
	return s.store.ReserveParts(ctx, agentID, jobID, in.Epoch, bytes)
}

// prepare opens the multipart upload that a part needs. Content that changed
// at its source starts over: parts of two versions never mix.
func (s *uploadService) prepare(ctx context.Context, f models.File, w agentapi.PartWanted) (models.File, error) {
	if len(w.Validator) > maxValidate {
		return f, models.Errorf(models.CodeInvalid, "The validator is too long.").In("want")
	}
	if w.Validator != f.Validator {
		old, err := s.store.ResetUpload(ctx, f.ID, w.Validator)
		if err != nil {
			return f, err
		}
		f.Validator, f.UploadID = w.Validator, nil
		if old != "" {
			if err := s.uploads.AbortMultipart(ctx, f.Key(), old); err != nil {
				return f, kit.StorageFault(err)
			}
		}
	}
	if onePut(f) || f.UploadID != nil {
		return f, nil
	}
	id, err := s.uploads.CreateMultipart(ctx, f.Key(), f.ContentType)
	if err != nil {
		return f, kit.StorageFault(err)
	}
	current, err := s.store.SetUploadID(ctx, f.ID, id)
	if err != nil {
		return f, err
	}
	if current != id { // another call was faster; ours would stay open
		if err := s.uploads.AbortMultipart(ctx, f.Key(), id); err != nil {
			return f, kit.StorageFault(err)
		}
	}
	f.UploadID = &current
	return f, nil
}

func (s *uploadService) presign(ctx context.Context, f models.File, w agentapi.PartWanted) (agentapi.PartURL, error) {
	var (
		address string
		headers map[string]string
		err     error
	)
	if onePut(f) {
		address, headers, err = s.uploads.PresignPut(ctx, f.Key(), w.Size, w.CRC32C, f.ContentType, uploadTime)
	} else {
		address, headers, err = s.uploads.PresignPart(ctx, f.Key(), *f.UploadID, w.Number, w.Size, w.CRC32C, uploadTime)
	}
	if err != nil {
		return agentapi.PartURL{}, kit.StorageFault(err)
	}
	return agentapi.PartURL{Index: w.Index, Number: w.Number, URL: address, Headers: headers}, nil
}

// onePut reports whether a file is stored with one PutObject: it has one part,
// and no multipart upload was opened for it while its size was unknown.
func onePut(f models.File) bool { return f.Size >= 0 && f.Size <= f.PartSize && f.UploadID == nil }

// checkPart refuses a part that cannot belong to the file.
func checkPart(f models.File, number int, size int64, crc32c string) error {
	if f.State != models.FilePending {
		return models.Fault(models.ProblemWrongState, "File %d takes no more parts.", f.Index)
	}
	if !validCRC(crc32c) {
		return models.Errorf(models.CodeInvalid, "A part must have a CRC-32C in base64.").In("crc32c")
	}
	if !fits(f, number, size) {
		return models.Errorf(models.CodeInvalid, "Part %d of file %d can't have %d bytes.", number, f.Index, size).In("size")
	}
	return nil
}

// fits reports whether a part of the size can be the number-th of the file.
func fits(f models.File, number int, size int64) bool {
	if number < 1 || number > models.MaxParts || size < 1 || size > f.PartSize {
		return false
	}
	if f.Size < 0 {
		return size == f.PartSize
	}
	from := int64(number-1) * f.PartSize
	return from < f.Size && size == min(f.PartSize, f.Size-from)
}

func indexesOf(in agentapi.Uploads) []int {
	var out []int
	for _, d := range in.Done {
		out = append(out, d.Index)
	}
	for _, w := range in.Want {
		out = append(out, w.Index)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
