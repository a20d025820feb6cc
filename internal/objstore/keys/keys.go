// Package keys gives each use of the object storage a key that can do nothing
// else: one reads files for delivery, one writes what agents upload, and the
// worker's looks after the bucket. It creates them in versitygw, the storage of
// docker-compose.yml, whose root key no other program has. Other servers have
// accounts of their own kind; there, an operator makes them.
package keys

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"longhaul/internal/fetch"
)

const (
	callTime  = 30 * time.Second
	maxAnswer = 64 << 10
)

// Key is an access key.
type Key struct{ ID, Secret string }

// Uses are the keys by what they are for.
type Uses struct{ Delivery, Upload, Worker Key }

// Server is the storage and its root account.
type Server struct {
	Endpoint, Region, Bucket string
	PathStyle                bool
	Root                     Key
}

// Prepare creates the bucket and the keys, and allows each key what its use
// needs. What is there already is brought up to date, so that a changed secret
// counts from then on.
func (s Server) Prepare(ctx context.Context, uses Uses) error {
	hc := fetch.NewTrusted(fetch.TrustedOptions{Timeout: callTime})
	defer hc.CloseIdleConnections()
	client := s3.New(s3.Options{
		BaseEndpoint: &s.Endpoint, Region: s.Region, UsePathStyle: s.PathStyle, HTTPClient: hc,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return s.credentials(), nil }),
	})
	if _, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &s.Bucket}); err != nil {
		if _, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &s.Bucket}); err != nil {
			return fmt.Errorf("create the bucket: %w", err)
		}
	}
	for _, k := range []Key{uses.Delivery, uses.Upload, uses.Worker} {
		if err := s.account(ctx, hc, k); err != nil {
			return fmt.Errorf("create the key %s: %w", k.ID, err)
		}
	}
	rules, err := json.Marshal(Policy(s.Bucket, uses))
	if err != nil {
		return fmt.Errorf("encode the bucket's policy: %w", err)
	}
	if _, err := client.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &s.Bucket, Policy: aws.String(string(rules))}); err != nil {
		return fmt.Errorf("set the bucket's policy: %w", err)
	}
	return nil
}

func (s Server) credentials() aws.Credentials {
	return aws.Credentials{AccessKeyID: s.Root.ID, SecretAccessKey: s.Root.Secret, Source: "configuration"}
}

// Rules is a bucket's policy as S3 servers read it.
type Rules struct {
	Version   string
	Statement []Statement
}

// Statement allows one key something.
type Statement struct {
	Sid       string
	Effect    string
	Principal map[string][]string
	Action    []string
	Resource  []string
}

// Policy returns what each key may do.
func Policy(bucket string, uses Uses) Rules {
	whole := "arn:aws:s3:::" + bucket
	allow := func(sid string, k Key, on []string, actions ...string) Statement {
		return Statement{Sid: sid, Effect: "Allow", Principal: map[string][]string{"AWS": {k.ID}}, Action: actions, Resource: on}
	}
	return Rules{Version: "2012-10-17", Statement: []Statement{
		allow("delivery", uses.Delivery, []string{whole + "/jobs/*", whole + "/exports/*", whole + "/thumbnails/*"}, "s3:GetObject"),
		allow("thumbnails", uses.Delivery, []string{whole + "/thumbnails/*"}, "s3:PutObject"),
		allow("upload", uses.Upload, []string{whole + "/jobs/*", whole + "/health/*"}, "s3:PutObject", "s3:AbortMultipartUpload"),
		allow("workerObjects", uses.Worker, []string{whole + "/*"},
			"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
		allow("workerLists", uses.Worker, []string{whole}, "s3:ListBucket", "s3:ListBucketMultipartUploads"),
	}}
}

// account creates an account without rights, or gives it its secret if it is there.
func (s Server) account(ctx context.Context, hc *http.Client, k Key) error {
	type account struct {
		XMLName xml.Name `xml:"Account"`
		Access  string
		Secret  string
		Role    string
	}
	err := s.call(ctx, hc, "/create-user", account{Access: k.ID, Secret: k.Secret, Role: "user"})
	if f, ok := errors.AsType[*fault](err); ok && f.Code == "XAdminUserExists" {
		type change struct {
			XMLName xml.Name `xml:"MutableProps"`
			Secret  string
			Role    string
		}
		err = s.call(ctx, hc, "/update-user?access="+url.QueryEscape(k.ID), change{Secret: k.Secret, Role: "user"})
	}
	return err
}

// fault is how an S3 server refuses.
type fault struct {
	status        int
	Code, Message string
}

// Error implements error.
func (f *fault) Error() string { return fmt.Sprintf("status %d %s: %s", f.status, f.Code, f.Message) }

// call makes a signed admin call.
func (s Server) call(ctx context.Context, hc *http.Client, path string, in any) error {
	body, err := xml.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPatch, strings.TrimSuffix(s.Endpoint, "/")+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	req.Header.Set("X-Amz-Content-Sha256", hash)
	if err := v4.NewSigner().SignHTTP(ctx, s.credentials(), req, hash, "s3", s.Region, time.Now()); err != nil {
		return fmt.Errorf("sign the call: %w", err)
	}
	resp, err := hc.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if resp.StatusCode < http.StatusMultipleChoices {
		return nil
	}
	f := &fault{status: resp.StatusCode}
	if err := xml.Unmarshal(answer, f); err != nil {
		f.Message = "the answer is not readable; is this a versitygw?"
	}
	return f
}
