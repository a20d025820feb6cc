package objstore

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"longhaul/models"
)

// checksumHeader carries the CRC-32C of the body.
const checksumHeader = "x-amz-checksum-crc32c"

// PresignPart returns an address to which exactly one body can be PUT as a
// part: the one with this size and CRC-32C. The headers are signed and must be
// sent as they are; so is Content-Length, which every HTTP client sets.
func (c *Client) PresignPart(
	ctx context.Context, key, uploadID string, number int, size int64, crc32c string, ttl time.Duration,
) (string, map[string]string, error) {
	if err := checkPresign(key, size, crc32c); err != nil {
		return "", nil, err
	}
	if number < 1 || number > models.MaxParts {
		return "", nil, models.Errorf(models.CodeInvalid, "A part's number must be from 1 to %d.", models.MaxParts)
	}
	req, err := c.signer.PresignUploadPart(ctx, &s3.UploadPartInput{
		Bucket: &c.bucket, Key: &key, UploadId: &uploadID, PartNumber: aws.Int32(int32(number)),
		ContentLength: &size, ChecksumCRC32C: &crc32c,
	}, s3.WithPresignExpires(ttl))
	return signed(req, err)
}

// PresignPut is PresignPart for a whole object, which gets the content type.
func (c *Client) PresignPut(
	ctx context.Context, key string, size int64, crc32c, contentType string, ttl time.Duration,
) (string, map[string]string, error) {
	if err := checkPresign(key, size, crc32c); err != nil {
		return "", nil, err
	}
	req, err := c.signer.PresignPutObject(ctx, &s3.PutObjectInput{
		Bucket: &c.bucket, Key: &key, ContentLength: &size, ChecksumCRC32C: &crc32c, ContentType: &contentType,
	}, s3.WithPresignExpires(ttl))
	return signed(req, err)
}

func checkPresign(key string, size int64, crc32c string) error {
	if size < 1 || len(crc32c) != len(EncodeCRC32C(0)) {
		return models.Errorf(models.CodeInvalid, "A part must have a size and a CRC-32C checksum.")
	}
	return checkKey(key)
}

// signed returns the address and the headers that a client has to set itself.
// It makes sure that length and checksum are under the signature: an address
// without them would let its holder store anything.
func signed(req *v4.PresignedHTTPRequest, err error) (string, map[string]string, error) {
	if err != nil {
		return "", nil, translate(err, "presign")
	}
	headers := make(map[string]string, len(req.SignedHeader))
	var names []string
	for name, values := range req.SignedHeader {
		names = append(names, strings.ToLower(name))
		if name = http.CanonicalHeaderKey(name); name != "Host" && name != "Content-Length" {
			headers[name] = strings.Join(values, ",")
		}
	}
	for _, must := range []string{"host", "content-length", checksumHeader} {
		if !slices.Contains(names, must) {
			return "", nil, fmt.Errorf("presign: %s is not signed", must)
		}
	}
	return req.URL, headers, nil
}
