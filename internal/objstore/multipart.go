package objstore

import (
	"bytes"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"longhaul/models"
)

// CreateMultipart opens a multipart upload whose parts carry CRC-32C checksums.
func (c *Client) CreateMultipart(ctx context.Context, key, contentType string) (string, error) {
	if err := checkKey(key); err != nil {
		return "", err
	}
	out, err := c.s3.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
		Bucket: &c.bucket, Key: &key, ContentType: &contentType, ChecksumAlgorithm: types.ChecksumAlgorithmCrc32c,
	})
	if err != nil {
		return "", translate(err, "open multipart upload")
	}
	return aws.ToString(out.UploadId), nil
}

// ListParts returns the parts that an upload has, in order.
func (c *Client) ListParts(ctx context.Context, key, uploadID string) ([]models.Part, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	var out []models.Part
	pages := s3.NewListPartsPaginator(c.s3, &s3.ListPartsInput{Bucket: &c.bucket, Key: &key, UploadId: &uploadID})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, translate(err, "list parts")
		}
		for _, p := range page.Parts {
			out = append(out, models.Part{
				Number: int(aws.ToInt32(p.PartNumber)), Size: aws.ToInt64(p.Size), CRC32C: aws.ToString(p.ChecksumCRC32C),
				ETag: aws.ToString(p.ETag), StoredAt: aws.ToTime(p.LastModified).UTC(),
			})
		}
	}
	return out, nil
}

// CompleteMultipart makes the object of its parts, which must be in order, and
// returns its ETag. An upload that was completed or aborted before is
// not_found.
func (c *Client) CompleteMultipart(ctx context.Context, key, uploadID string, parts []models.Part) (string, error) {
	if err := checkKey(key); err != nil {
		return "", err
	}
	done := make([]types.CompletedPart, 0, len(parts))
	for _, p := range parts {
		part := types.CompletedPart{PartNumber: aws.Int32(int32(p.Number)), ETag: aws.String(p.ETag)}
		if p.CRC32C != "" {
			part.ChecksumCRC32C = aws.String(p.CRC32C)
		}
		done = append(done, part)
	}
	out, err := c.s3.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &c.bucket, Key: &key, UploadId: &uploadID, MultipartUpload: &types.CompletedMultipartUpload{Parts: done},
	})
	if err != nil {
		return "", translate(err, "complete multipart upload")
	}
	return aws.ToString(out.ETag), nil
}

// AbortMultipart ends an upload and frees its parts. It ignores an upload that
// is already gone.
func (c *Client) AbortMultipart(ctx context.Context, key, uploadID string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	_, err := c.s3.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &c.bucket, Key: &key, UploadId: &uploadID})
	if err = translate(err, "abort multipart upload"); models.IsNotFound(err) {
		return nil
	}
	return err
}

// ListMultiparts calls fn for each open upload to a key with the prefix until fn
// returns an error.
func (c *Client) ListMultiparts(ctx context.Context, prefix string, fn func(Upload) error) error {
	pages := s3.NewListMultipartUploadsPaginator(c.s3, &s3.ListMultipartUploadsInput{Bucket: &c.bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return translate(err, "list multipart uploads")
		}
		for _, u := range page.Uploads {
			err := fn(Upload{Key: aws.ToString(u.Key), ID: aws.ToString(u.UploadId), InitiatedAt: aws.ToTime(u.Initiated).UTC()})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// PutPart stores one part of an upload whose bytes are at hand, checked by
// CRC-32C on the way.
func (c *Client) PutPart(ctx context.Context, key, uploadID string, number int, body []byte) (models.Part, error) {
	if err := checkKey(key); err != nil {
		return models.Part{}, err
	}
	sum := CRC32C(body)
	out, err := c.s3.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: &c.bucket, Key: &key, UploadId: &uploadID, PartNumber: aws.Int32(int32(number)),
		Body: bytes.NewReader(body), ContentLength: aws.Int64(int64(len(body))), ChecksumCRC32C: &sum,
	})
	if err != nil {
		return models.Part{}, translate(err, "put part")
	}
	return models.Part{Number: number, Size: int64(len(body)), CRC32C: sum, CRC32: CRC32(body), ETag: aws.ToString(out.ETag)}, nil
}
