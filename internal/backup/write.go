package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/jsonfile"
	"longhaul/models"
)

// Snapshot is the database at one moment.
type Snapshot interface {
	ID() string // by which pg_dump reads the same moment
	Schema(ctx context.Context) (int64, error)
	Generation(ctx context.Context) (models.Generation, error)
	Objects(ctx context.Context, fn func(models.File) error) error
}

// Steps of writing, as Options.Step gets them.
const (
	StepObjects  = "list the objects"
	StepDump     = "dump the database"
	StepDescribe = "describe the backup"
	StepPublish  = "give the backup its name"
)

// Write makes a backup of the snapshot in a new folder below dir and returns
// where it is. Only one may write into dir at a time, which the snapshot sees to:
// what an earlier one left unfinished is removed.
func Write(ctx context.Context, dir, bucket string, s Snapshot, o Options) (path string, d Description, err error) {
	d = Description{
		Format: format, ID: uuid.New(), CreatedAt: time.Now().UTC().Truncate(time.Second),
		Program: o.Build.Version, Commit: o.Build.Commit, Bucket: bucket, Files: map[string]File{},
	}
	if err := os.MkdirAll(dir, privateDir); err != nil {
		return "", d, fmt.Errorf("create the folder for backups: %w", err)
	}
	if err := removeUnfinished(dir); err != nil {
		return "", d, err
	}
	path = filepath.Join(dir, prefix+d.CreatedAt.Format(nameTime))
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		return "", d, fmt.Errorf("there is a backup %s already", path)
	}
	unfinished := path + partial
	if err := os.Mkdir(unfinished, privateDir); err != nil {
		return "", d, fmt.Errorf("create a folder: %w", err)
	}
	if err := fill(ctx, unfinished, s, o, &d); err != nil {
		return "", d, errors.Join(err, os.RemoveAll(unfinished))
	}
	o.step(StepPublish)
	if err := publish(unfinished, path); err != nil {
		return "", d, errors.Join(err, os.RemoveAll(unfinished))
	}
	return path, d, nil
}

// removeUnfinished removes what killed backups left.
func removeUnfinished(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read the folder for backups: %w", err)
	}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), prefix) && strings.HasSuffix(e.Name(), partial) {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return fmt.Errorf("remove an unfinished backup: %w", err)
			}
		}
	}
	return nil
}

// fill writes all files of a backup, the description last.
func fill(ctx context.Context, dir string, s Snapshot, o Options, d *Description) (err error) {
	if d.Schema, err = s.Schema(ctx); err != nil {
		return err
	}
	if d.Expects, err = s.Generation(ctx); err != nil {
		return err
	}
	o.step(StepObjects)
	if d.Objects, err = writeObjects(ctx, filepath.Join(dir, ObjectsFile), s); err != nil {
		return fmt.Errorf("list the objects: %w", err)
	}
	o.step(StepDump)
	if err := dump(ctx, o.DatabaseURL, s.ID(), filepath.Join(dir, DatabaseFile)); err != nil {
		return err
	}
	o.step(StepDescribe)
	for _, name := range []string{ObjectsFile, DatabaseFile} {
		// What is on the disk is read back: that is what will be restored.
		if d.Files[name], err = checksum(ctx, filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	if err := d.describe(o.Secrets); err != nil {
		return err
	}
	return jsonfile.Write(filepath.Join(dir, DescriptionFile), d)
}

func writeObjects(ctx context.Context, path string, s Snapshot) (a Amount, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, privateFile)
	if err != nil {
		return a, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	buffered := bufio.NewWriterSize(f, 1<<16)
	zipped := gzip.NewWriter(buffered)
	lines := json.NewEncoder(zipped)
	err = s.Objects(ctx, func(file models.File) error {
		a.add(file.Size)
		return lines.Encode(Object{Key: file.Key(), Size: file.Size, ETag: strings.Trim(file.ETag, `"`)})
	})
	if err == nil {
		err = errors.Join(zipped.Close(), buffered.Flush())
	}
	if err == nil {
		err = f.Sync()
	}
	return a, err
}

// publish gives the folder its name, once all of it is on the disk.
func publish(unfinished, path string) error {
	if err := syncFolder(unfinished); err != nil {
		return err
	}
	if err := os.Rename(unfinished, path); err != nil {
		return fmt.Errorf("give the backup its name: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open a folder: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync a folder: %w", err)
	}
	return nil
}
