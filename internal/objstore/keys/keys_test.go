package keys_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/objstore"
	"longhaul/internal/objstore/keys"
	"longhaul/internal/objstore/objstoretest"
	"longhaul/models"
)

// Each use has a key that does what the use needs and is refused the rest.
func TestEachKeyDoesItsUseAndNoMore(t *testing.T) {
	root := objstoretest.Config(t)
	server := keys.Server{
		Endpoint: root.Endpoint, Region: root.Region, Bucket: root.Bucket, PathStyle: root.PathStyle,
		Root: keys.Key{ID: root.AccessKeyID, Secret: root.SecretAccessKey},
	}
	uses := keys.Uses{
		Delivery: keys.Key{ID: "delivery", Secret: "first-delivery-secret"}, Upload: keys.Key{ID: "upload", Secret: "an-upload-secret"},
		Worker: keys.Key{ID: "worker", Secret: "a-worker-secret"},
	}
	if err := server.Prepare(t.Context(), uses); err != nil {
		t.Fatal(err)
	}
	uses.Delivery.Secret = "second-delivery-secret"
	if err := server.Prepare(t.Context(), uses); err != nil {
		t.Fatal("a second time: ", err)
	}
	with := func(k keys.Key) *objstore.Client {
		cfg := root
		cfg.AccessKeyID, cfg.SecretAccessKey = k.ID, k.Secret
		c, err := objstore.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	clients := map[string]*objstore.Client{"delivery": with(uses.Delivery), "upload": with(uses.Upload), "worker": with(uses.Worker)}
	worker := clients["worker"]
	for name, op := range map[string]struct {
		do  func(ctx context.Context, c *objstore.Client, key string) error
		may string
	}{
		"read": {func(ctx context.Context, c *objstore.Client, key string) error { return get(ctx, c, key) }, "delivery worker"},
		"write": {func(ctx context.Context, c *objstore.Client, key string) error {
			return c.Put(ctx, key, []byte("x"), "text/plain")
		}, "upload worker"},
		"put by address":    {putByAddress, "upload worker"},
		"put a part":        {partByAddress, "upload worker"},
		"give an upload up": {giveUp, "upload worker"},
		"delete":            {func(ctx context.Context, c *objstore.Client, key string) error { return c.Delete(ctx, key) }, "worker"},
		"delete all": {func(ctx context.Context, c *objstore.Client, key string) error {
			return c.DeletePrefix(ctx, key[:strings.LastIndex(key, "/")+1])
		}, "worker"},
		"list": {func(ctx context.Context, c *objstore.Client, key string) error {
			return c.List(ctx, "jobs/", func(objstore.Object) error { return nil })
		}, "worker"},
		"list uploads": {func(ctx context.Context, c *objstore.Client, key string) error {
			return c.ListMultiparts(ctx, "jobs/", func(objstore.Upload) error { return nil })
		}, "worker"},
		"complete": {func(ctx context.Context, c *objstore.Client, key string) error { return complete(ctx, worker, c, key) }, "upload worker"},
		"list parts": {func(ctx context.Context, c *objstore.Client, key string) error {
			id, err := worker.CreateMultipart(ctx, key, "text/plain")
			if err == nil {
				_, err = c.ListParts(ctx, key, id)
			}
			return err
		}, "worker"},
		"test that storage takes a write": {func(ctx context.Context, c *objstore.Client, key string) error {
			return objstore.NewWriteProbe(c, time.Now).Check(ctx)
		}, "upload worker"},
		"store a thumbnail": {func(ctx context.Context, c *objstore.Client, _ string) error {
			return c.Put(ctx, "thumbnails/"+uuid.NewString(), []byte("x"), "image/jpeg")
		}, "delivery worker"},
		"write elsewhere": {func(ctx context.Context, c *objstore.Client, key string) error {
			return c.Put(ctx, "elsewhere/"+uuid.NewString(), []byte("x"), "text/plain")
		}, "worker"},
	} {
		for who, c := range clients {
			key := "jobs/" + uuid.NewString() + "/" + uuid.NewString()
			if err := worker.Put(t.Context(), key, []byte("there"), "text/plain"); err != nil {
				t.Fatal(err)
			}
			err := op.do(t.Context(), c, key)
			if allowed := strings.Contains(op.may, who); allowed != (err == nil) {
				t.Errorf("%s may %s: %v, and got %v", who, name, allowed, err)
			}
		}
	}
	cfg := root
	cfg.AccessKeyID, cfg.SecretAccessKey = "delivery", "first-delivery-secret"
	if old, err := objstore.New(cfg); err != nil || old.Put(t.Context(), "jobs/a/b", nil, "") == nil {
		t.Errorf("the secret before counts still: %v", err)
	}
}

func get(ctx context.Context, c *objstore.Client, key string) error {
	body, err := c.Get(ctx, key, "", 0, -1)
	if err == nil {
		body.Close()
	}
	return err
}

func putByAddress(ctx context.Context, c *objstore.Client, key string) error {
	address, headers, err := c.PresignPut(ctx, key, 1, objstore.CRC32C([]byte("x")), "text/plain", time.Minute)
	if err != nil {
		return err
	}
	return put(ctx, address, headers)
}

func partByAddress(ctx context.Context, c *objstore.Client, key string) error {
	id, err := c.CreateMultipart(ctx, key, "text/plain")
	if err != nil {
		return err
	}
	address, headers, err := c.PresignPart(ctx, key, id, 1, 1, objstore.CRC32C([]byte("x")), time.Minute)
	if err != nil {
		return err
	}
	return put(ctx, address, headers)
}

func put(ctx context.Context, address string, headers map[string]string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, address, strings.NewReader("x"))
	if err != nil {
		return err
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	resp, err := (&http.Client{}).Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(resp.Body)
		return models.Errorf(models.CodeInvalid, "%s", b)
	}
	return nil
}

func giveUp(ctx context.Context, c *objstore.Client, key string) error {
	id, err := c.CreateMultipart(ctx, key, "text/plain")
	if err != nil {
		return err
	}
	return c.AbortMultipart(ctx, key, id)
}

func complete(ctx context.Context, worker, c *objstore.Client, key string) error {
	id, err := worker.CreateMultipart(ctx, key, "text/plain")
	if err != nil {
		return err
	}
	part, err := worker.PutPart(ctx, key, id, 1, []byte("x"))
	if err != nil {
		return err
	}
	_, err = c.CompleteMultipart(ctx, key, id, []models.Part{part})
	return err
}
