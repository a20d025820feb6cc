package config_test

import (
	"maps"
	"strings"
	"testing"

	"longhaul/internal/config"
)

func TestStorageKeysAreOnePerUse(t *testing.T) {
	t.Parallel()
	all := map[string]string{
		"S3_ENDPOINT": "http://s3:7070", "S3_ROOT_ACCESS_KEY_ID": "root", "S3_ROOT_SECRET_ACCESS_KEY": "a",
		"S3_DELIVERY_SECRET_ACCESS_KEY": "b", "S3_UPLOAD_SECRET_ACCESS_KEY": "c", "S3_WORKER_SECRET_ACCESS_KEY": "d",
	}
	if k, err := config.ParseStorageKeys(all); err != nil || k.UploadID != "upload" || k.Bucket != "longhaul" {
		t.Fatalf("%+v, %v", k, err)
	}
	for name, value := range map[string]string{
		"S3_ENDPOINT": "", "S3_ROOT_SECRET_ACCESS_KEY": "", "S3_WORKER_SECRET_ACCESS_KEY": "", "S3_WORKER_ACCESS_KEY_ID": "upload",
	} {
		bad := maps.Clone(all)
		bad[name] = value
		if _, err := config.ParseStorageKeys(bad); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%q: %v", name, value, err)
		}
	}
}

// The key of uploads is the program's own unless it has one.
func TestTheUploadKeyFallsBack(t *testing.T) {
	t.Parallel()
	vars := good()
	cfg, err := config.Parse(config.ProcessAPI, vars)
	if err != nil || cfg.Storage.UploadID != vars["S3_ACCESS_KEY_ID"] || cfg.Storage.UploadSecret != vars["S3_SECRET_ACCESS_KEY"] {
		t.Errorf("%+v, %v", cfg.Storage, err)
	}
	vars["S3_UPLOAD_ACCESS_KEY_ID"] = "upload"
	if _, err := config.Parse(config.ProcessAPI, vars); err == nil || !strings.Contains(err.Error(), "S3_UPLOAD_SECRET_ACCESS_KEY") {
		t.Errorf("half a key: %v", err)
	}
	vars["S3_UPLOAD_SECRET_ACCESS_KEY"] = "secret"
	if cfg, err := config.Parse(config.ProcessAPI, vars); err != nil || cfg.Storage.UploadID != "upload" || cfg.Storage.UploadSecret != "secret" {
		t.Errorf("%+v, %v", cfg.Storage, err)
	}
}
