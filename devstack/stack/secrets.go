package stack

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
)

const (
	secretBytes = 32
	secretMode  = 0o600
	privateMode = 0o700
)

// secrets are made once per data folder and kept in files that only their owner
// may read.
type secrets struct {
	key              string
	postgresPassword string
	s3Access         string
	s3Secret         string
	mailKey          string
}

func loadSecrets(dir string) (secrets, error) {
	if err := os.MkdirAll(dir, privateMode); err != nil {
		return secrets{}, fmt.Errorf("create the folder of secrets: %w", err)
	}
	var s secrets
	for _, each := range []struct {
		name  string
		value *string
		make  func() string
	}{
		{"secret_key", &s.key, randomKey},
		{"postgres_password", &s.postgresPassword, rand.Text},
		{"s3_access_key_id", &s.s3Access, rand.Text},
		{"s3_secret_access_key", &s.s3Secret, randomKey},
		{"mail_api_key", &s.mailKey, rand.Text},
	} {
		value, err := loadOrCreate(filepath.Join(dir, each.name), each.make)
		if err != nil {
			return secrets{}, err
		}
		*each.value = value
	}
	return s, nil
}

func randomKey() string {
	key := make([]byte, secretBytes)
	_, _ = rand.Read(key) // never fails since Go 1.24
	return base64.StdEncoding.EncodeToString(key)
}

func loadOrCreate(path string, create func() string) (string, error) {
	content, err := os.ReadFile(path)
	if value := strings.TrimSpace(string(content)); err == nil && value != "" {
		return value, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read the secret %s: %w", filepath.Base(path), err)
	}
	value := create()
	if err := renameio.WriteFile(path, []byte(value+"\n"), secretMode); err != nil {
		return "", fmt.Errorf("store the secret %s: %w", filepath.Base(path), err)
	}
	return value, nil
}
