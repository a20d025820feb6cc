package objstore

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"longhaul/models"
)

// CRC32C returns the checksum of the bytes in the form that S3 uses: base64 of
// the big-endian CRC-32C.
func CRC32C(body []byte) string {
	return EncodeCRC32C(crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
}

// CRC32 returns the checksum of the bytes that zips have.
func CRC32(body []byte) *int64 { return models.KnownCRC32(crc32.ChecksumIEEE(body)) }

// EncodeCRC32C returns the sum in the form that S3 uses.
func EncodeCRC32C(sum uint32) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum))
}

// Put stores a small object whose bytes are at hand.
func (c *Client) Put(ctx context.Context, key string, body []byte, contentType string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	_, err := c.s3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &c.bucket, Key: &key, Body: bytes.NewReader(body), ContentLength: aws.Int64(int64(len(body))),
		ContentType: &contentType, ChecksumCRC32C: aws.String(CRC32C(body)),
	})
	return translate(err, "put object")
}

// Get opens length bytes of an object from offset on; a negative length reads
// to the end. An object that no longer has the ETag is wrong_content; an empty
// ETag accepts any. The caller closes the reader.
func (c *Client) Get(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	in := &s3.GetObjectInput{Bucket: &c.bucket, Key: &key}
	if etag != "" {
		in.IfMatch = &etag
	}
	switch {
	case length == 0:
		return io.NopCloser(bytes.NewReader(nil)), nil
	case length > 0:
		in.Range = aws.String(fmt.Sprintf("bytes=%d-%d", offset, offset+length-1))
	case offset > 0:
		in.Range = aws.String(fmt.Sprintf("bytes=%d-", offset))
	}
	out, err := c.s3.GetObject(ctx, in)
	if err != nil {
		return nil, translate(err, "get object")
	}
	return out.Body, nil
}

// Head returns what is known of an object.
func (c *Client) Head(ctx context.Context, key string) (Object, error) {
	if err := checkKey(key); err != nil {
		return Object{}, err
	}
	out, err := c.s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &c.bucket, Key: &key})
	if err != nil {
		return Object{}, translate(err, "head object")
	}
	return Object{
		Key: key, Size: aws.ToInt64(out.ContentLength), ETag: aws.ToString(out.ETag),
		ContentType: aws.ToString(out.ContentType), ModifiedAt: aws.ToTime(out.LastModified).UTC(),
	}, nil
}

// Delete removes an object. It ignores an object that does not exist.
func (c *Client) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	_, err := c.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &c.bucket, Key: &key})
	if err = translate(err, "delete object"); models.IsNotFound(err) {
		return nil
	}
	return err
}

// deleteBatch is how many objects S3 removes in one call.
const deleteBatch = 1000

// DeletePrefix removes every object whose key begins with the prefix, which
// has to end in a slash.
func (c *Client) DeletePrefix(ctx context.Context, prefix string) error {
	if err := checkKey(prefix); err != nil {
		return err
	}
	if !strings.HasSuffix(prefix, "/") {
		return fmt.Errorf("prefix %q does not end in a slash", prefix)
	}
	var batch []types.ObjectIdentifier
	err := c.List(ctx, prefix, func(o Object) error {
		batch = append(batch, types.ObjectIdentifier{Key: aws.String(o.Key)})
		return nil
	})
	if err != nil {
		return err
	}
	for len(batch) > 0 {
		n := min(len(batch), deleteBatch)
		if err := c.deleteObjects(ctx, batch[:n]); err != nil {
			return err
		}
		batch = batch[n:]
	}
	return nil
}

func (c *Client) deleteObjects(ctx context.Context, batch []types.ObjectIdentifier) error {
	out, err := c.s3.DeleteObjects(ctx, &s3.DeleteObjectsInput{
		Bucket: &c.bucket, Delete: &types.Delete{Objects: batch, Quiet: aws.Bool(true)},
	})
	if err != nil {
		return translate(err, "delete objects")
	}
	if len(out.Errors) > 0 {
		first := out.Errors[0]
		err := fmt.Errorf("%d of %d objects: %s %s", len(out.Errors), len(batch), aws.ToString(first.Code), aws.ToString(first.Message))
		return translate(err, "delete objects")
	}
	return nil
}

// List calls fn for each object whose key begins with the prefix, in the order
// of the keys, until fn returns an error.
func (c *Client) List(ctx context.Context, prefix string, fn func(Object) error) error {
	pages := s3.NewListObjectsV2Paginator(c.s3, &s3.ListObjectsV2Input{Bucket: &c.bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return translate(err, "list objects")
		}
		for _, o := range page.Contents {
			err := fn(Object{
				Key: aws.ToString(o.Key), Size: aws.ToInt64(o.Size), ETag: aws.ToString(o.ETag),
				ModifiedAt: aws.ToTime(o.LastModified).UTC(),
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
