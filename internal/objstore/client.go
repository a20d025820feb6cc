// Package objstore keeps objects in S3-compatible storage (S3, R2, versitygw).
// It knows keys made of ids only, and no users, jobs or rows.
//
// Agents write by addresses that are signed for one key, one length and one
// checksum (see PresignPart and PresignPut), so that an agent can store the
// bytes that were announced, or nothing.
package objstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"longhaul/models"
)

// Config says where the storage is.
type Config struct {
	Endpoint        string // address for this process
	PublicEndpoint  string // address that is signed for agents; Endpoint if empty
	Region          string
	Bucket          string
	AccessKeyID     string
	SecretAccessKey string
	PathStyle       bool // bucket in the path instead of the host name

	// Observe, if set, is called after each request with the operation's name, the
	// status of the answer, 0 if none came, and how long it took.
	Observe func(call string, status int, took time.Duration)
}

// Object is what is known of a stored object.
type Object struct {
	Key         string
	Size        int64
	ETag        string
	ContentType string // Head only
	ModifiedAt  time.Time
}

// Upload is a multipart upload that is neither completed nor aborted.
type Upload struct {
	Key         string
	ID          string
	InitiatedAt time.Time
}

// Client works on one bucket. Its methods may be called concurrently. Faults
// are *models.Error: not_found for a missing object or upload, else
// storage_failing.
type Client struct {
	bucket string
	s3     *s3.Client
	signer *s3.PresignClient
}

// Times that bound a call. A body may take as long as it moves.
const (
	dialTimeout   = 10 * time.Second
	headerTimeout = 5 * time.Minute // completing a large upload takes some servers minutes
	idleTimeout   = 90 * time.Second
	maxIdle       = 64
	maxAttempts   = 3
)

// New returns a client. It makes no call.
func New(cfg Config) (*Client, error) {
	if cfg.PublicEndpoint == "" {
		cfg.PublicEndpoint = cfg.Endpoint
	}
	for name, value := range map[string]string{
		"region": cfg.Region, "bucket": cfg.Bucket, "access key id": cfg.AccessKeyID, "secret access key": cfg.SecretAccessKey,
	} {
		if value == "" {
			return nil, fmt.Errorf("object storage: %s is missing", name)
		}
	}
	for _, endpoint := range []string{cfg.Endpoint, cfg.PublicEndpoint} {
		if u, err := url.Parse(endpoint); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return nil, errors.New("object storage: endpoint must be an http or https address")
		}
	}
	options := s3.Options{
		BaseEndpoint:               aws.String(cfg.Endpoint),
		Region:                     cfg.Region,
		UsePathStyle:               cfg.PathStyle,
		Credentials:                cfg.credentials(),
		HTTPClient:                 observed{httpClient(), cfg.Observe},
		RetryMaxAttempts:           maxAttempts,
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired, // others than S3 refuse the trailers
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	}
	public := options.Copy()
	public.BaseEndpoint = aws.String(cfg.PublicEndpoint)
	return &Client{bucket: cfg.Bucket, s3: s3.New(options), signer: s3.NewPresignClient(s3.New(public))}, nil
}

// credentials are those of the configuration; they never change.
func (c Config) credentials() aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, Source: "configuration"}, nil
	})
}

func httpClient() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = dialTimeout }).
		WithTransportOptions(func(t *http.Transport) {
			t.ResponseHeaderTimeout = headerTimeout
			t.IdleConnTimeout = idleTimeout
			t.MaxIdleConnsPerHost = maxIdle
		})
}

// observed is an HTTP client whose requests are observed.
type observed struct {
	aws.HTTPClient
	observe func(call string, status int, took time.Duration) // may be nil
}

// Do implements aws.HTTPClient. A request that its caller gave up says nothing;
// one whose time ran out got no answer.
func (o observed) Do(req *http.Request) (*http.Response, error) {
	start := time.Now()
	resp, err := o.HTTPClient.Do(req)
	if o.observe == nil || err != nil && errors.Is(req.Context().Err(), context.Canceled) {
		return resp, err
	}
	status := 0
	if err == nil {
		status = resp.StatusCode
	}
	o.observe(awsmiddleware.GetOperationName(req.Context()), status, time.Since(start))
	return resp, err
}

// validKey is what a key may be made of. Names of users' files never are.
var validKey = regexp.MustCompile(`^[a-z0-9/-]+$`)

func checkKey(key string) error {
	if !validKey.MatchString(key) || len(key) > 200 {
		return fmt.Errorf("object key %q is not made of ids", key)
	}
	return nil
}

// translate makes a models error of the SDK's.
func translate(err error, doing string) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	cause := fmt.Errorf("%s: %w", doing, err)
	var api interface{ ErrorCode() string } // every answer of the server with an error code has it
	if errors.As(err, &api) {
		switch api.ErrorCode() {
		case "NoSuchKey", "NoSuchUpload", "NotFound":
			return models.Errorf(models.CodeNotFound, "This isn't in storage.").Because(cause)
		case "PreconditionFailed":
			return models.Fault(models.ProblemWrongContent, "This file was changed in storage after it was checked, so it isn't delivered.").Because(cause)
		case "InvalidRange":
			return models.Errorf(models.CodeInvalid, "The object doesn't have this range.").Because(cause)
		}
	}
	return models.Fault(models.ProblemStorageFailing, "Object storage failed or refused the request.").Because(cause)
}
