package config

import (
	"errors"
	"os"

	"github.com/caarlos0/env/v11"
)

// StorageKeys is the configuration of the command that gives each use of the
// storage a key of its own. Nothing else has the root key.
type StorageKeys struct {
	Endpoint  string `env:"S3_ENDPOINT" doc:"Address of the storage."`
	Region    string `env:"S3_REGION" envDefault:"us-east-1" doc:"Region for request signatures."`
	Bucket    string `env:"S3_BUCKET" envDefault:"longhaul" doc:"Bucket; it is created if missing."`
	PathStyle bool   `env:"S3_PATH_STYLE" envDefault:"true" doc:"Put the bucket in the path instead of the host name."`

	RootID         string `env:"S3_ROOT_ACCESS_KEY_ID" secret:"true" doc:"Access key id of the storage's root account; for this command only."`
	RootSecret     string `env:"S3_ROOT_SECRET_ACCESS_KEY" secret:"true" doc:"Its secret access key."`
	DeliveryID     string `env:"S3_DELIVERY_ACCESS_KEY_ID" envDefault:"delivery" doc:"Access key id that may read files, for the API's S3_ACCESS_KEY_ID."`
	DeliverySecret string `env:"S3_DELIVERY_SECRET_ACCESS_KEY" secret:"true" doc:"Its secret access key."`
	UploadID       string `env:"S3_UPLOAD_ACCESS_KEY_ID" envDefault:"upload" doc:"Access key id that may write files, for the API's setting of the same name."`
	UploadSecret   string `env:"S3_UPLOAD_SECRET_ACCESS_KEY" secret:"true" doc:"Its secret access key."`
	WorkerID       string `env:"S3_WORKER_ACCESS_KEY_ID" envDefault:"worker" doc:"Access key id that may do everything with the bucket's objects, for the worker's S3_ACCESS_KEY_ID."`
	WorkerSecret   string `env:"S3_WORKER_SECRET_ACCESS_KEY" secret:"true" doc:"Its secret access key."`
}

// LoadStorageKeys reads the configuration from the environment and returns all
// its faults together.
func LoadStorageKeys() (StorageKeys, error) { return ParseStorageKeys(env.ToMap(os.Environ())) }

// ParseStorageKeys is LoadStorageKeys from the variables given.
func ParseStorageKeys(vars map[string]string) (StorageKeys, error) {
	var k StorageKeys
	vars, fileErr := withFiles(&k, vars)
	parseErr := named(k, env.ParseWithOptions(&k, env.Options{Environment: vars}))
	if parseErr != nil || fileErr != nil {
		return StorageKeys{}, errors.Join(fileErr, parseErr)
	}
	var f faults
	f.when(!httpURL(k.Endpoint), "S3_ENDPOINT", "must be an http or https address")
	f.required(k.Region, "S3_REGION")
	f.required(k.Bucket, "S3_BUCKET")
	used := map[string]string{}
	for _, key := range []struct{ name, id, secret string }{
		{"S3_ROOT", k.RootID, k.RootSecret},
		{"S3_DELIVERY", k.DeliveryID, k.DeliverySecret},
		{"S3_UPLOAD", k.UploadID, k.UploadSecret},
		{"S3_WORKER", k.WorkerID, k.WorkerSecret},
	} {
		f.required(key.id, key.name+"_ACCESS_KEY_ID")
		f.required(key.secret, key.name+"_SECRET_ACCESS_KEY")
		if other := used[key.id]; other != "" && key.id != "" {
			f.when(true, key.name+"_ACCESS_KEY_ID", "is the same as "+other+"_ACCESS_KEY_ID")
		}
		used[key.id] = key.name
	}
	return k, errors.Join(f...)
}
