// Package backup writes and reads backups of the database: a folder with the
// dump that pg_dump makes, a list of the objects that ought to be in the bucket,
// and a description with checksums of both and fingerprints of the secrets. It
// restores one into an empty database, and compares its list with the bucket
// first.
//
// A folder is a backup once it has its final name, which it gets last. It holds
// no object and no secret. The package knows no table: what it asks of the
// database it declares as interfaces.
package backup

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/token"
	"longhaul/internal/version"
	"longhaul/models"
)

// Names of the files of a backup.
const (
	DatabaseFile    = "database.dump"
	ObjectsFile     = "objects.jsonl.gz"
	DescriptionFile = "backup.json"
)

const (
	format      = 1           // of the folder
	prefix      = "longhaul-" // of the folders' names
	partial     = ".partial"  // ends the name of a folder that is being written
	nameTime    = "20060102T150405Z"
	secretKey   = "SECRET_KEY"
	privateDir  = 0o700
	privateFile = 0o600
)

// Description says what is in a backup.
type Description struct {
	Format    int               `json:"format"`
	ID        uuid.UUID         `json:"id"`
	CreatedAt time.Time         `json:"createdAt"`
	Program   string            `json:"program"` // version
	Commit    string            `json:"commit"`
	Schema    int64             `json:"schema"`  // version of the database's schema
	Bucket    string            `json:"bucket"`  // name
	Expects   models.Generation `json:"expects"` // what the database expects the bucket to say
	Objects   Amount            `json:"objects"`
	Files     map[string]File   `json:"files"`
	Secrets   map[string]string `json:"secrets"` // fingerprints, by the name of the setting
	Seal      string            `json:"seal"`    // of all the rest, with SECRET_KEY
}

// File is one file of a backup.
type File struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Amount is a number of objects and their size.
type Amount struct {
	Count int64 `json:"count"`
	Bytes int64 `json:"bytes"`
}

func (a *Amount) add(size int64) { a.Count, a.Bytes = a.Count+1, a.Bytes+size }

// Object is a line of the list of objects, as the row knows it.
type Object struct {
	Key  string `json:"key"`
	Size int64  `json:"size"`
	ETag string `json:"etag"`
}

// Secrets are what the programs need besides the database. A backup holds a
// fingerprint of each and none of them.
type Secrets struct {
	Keys   *token.Keys
	Values map[string]string // by the name of the setting, without SECRET_KEY; empty ones don't count
}

// fingerprint of a secret: an HMAC under a key derived from SECRET_KEY, which is
// random and long. Whoever has the backup alone can't try passwords against it,
// and two backups don't show whether a secret stayed the same.
func (d Description) fingerprint(keys *token.Keys, name, value string) string {
	return keys.Mark(token.PurposeBackup, d.fingerprinted(name, value))
}

func (d Description) fingerprinted(name, value string) []byte {
	return []byte("secret\x00" + d.ID.String() + "\x00" + name + "\x00" + value)
}

// describe fills in the fingerprints and the seal.
func (d *Description) describe(s Secrets) error {
	d.Secrets = map[string]string{secretKey: d.fingerprint(s.Keys, secretKey, "")}
	for name, value := range s.Values {
		if value != "" {
			d.Secrets[name] = d.fingerprint(s.Keys, name, value)
		}
	}
	body, err := d.sealed()
	if err != nil {
		return err
	}
	d.Seal = s.Keys.Mark(token.PurposeBackup, body)
	return nil
}

// sealed returns what the seal is of.
func (d Description) sealed() ([]byte, error) {
	d.Seal = ""
	b, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("encode the description: %w", err)
	}
	return append([]byte("seal\x00"), b...), nil
}

// Options are what both writing and restoring need.
type Options struct {
	DatabaseURL string
	Build       version.Build
	Secrets     Secrets
	Step        func(name string) // is called before each step; may be nil
}

func (o Options) step(name string) {
	if o.Step != nil {
		o.Step(name)
	}
}
