package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/schollz/progressbar/v3"

	"longhaul/internal/source"
	"longhaul/models"
)

const (
	getTries     = 8 // in a row without a new byte
	partSuffix   = ".longhaul-part"
	fileStored   = "stored"
	fileLost     = "lost"
	downloadMode = 0o644
)

type getCmd struct {
	Job   string `arg:"" name:"download" help:"Id of the download, or its last characters."`
	Out   string `help:"Folder to save the files in." short:"o" default:"." type:"path"`
	Files string `help:"Only these files, by index: 0,2-5."`
}

// Run saves the files of a job. It resumes partial files and skips complete
// ones.
func (c *getCmd) Run(ctx context.Context, p *program) error {
	chosen, err := parseChoice(c.Files)
	if err != nil {
		return err
	}
	api, err := p.newClient()
	if err != nil {
		return err
	}
	j, err := api.findJob(ctx, c.Job)
	if err != nil {
		return err
	}
	if j.State != models.StateReady {
		return &endedError{job: j}
	}
	files, err := api.allFiles(ctx, j.ID)
	if err != nil {
		return err
	}
	gone := lost(files, chosen)
	files, total, err := wanted(files, chosen)
	if err != nil && gone > 0 {
		return lostError(gone)
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return fmt.Errorf("create the folder %s: %w", c.Out, err)
	}
	root, err := os.OpenRoot(c.Out)
	if err != nil {
		return fmt.Errorf("open the folder %s: %w", c.Out, err)
	}
	defer func() { _ = root.Close() }()
	g := &getter{p: p, api: api, root: root, bar: p.newBar(total, "")}
	for i, f := range files {
		if g.bar != nil {
			g.bar.Describe(fmt.Sprintf("%d of %d", i+1, len(files)))
		}
		if err := g.file(ctx, f, localPath(j, f, len(files) == 1 && chosen == nil)); err != nil {
			return fmt.Errorf("%s: %w", printable(f.Path), err)
		}
	}
	if g.bar != nil {
		_ = g.bar.Finish()
	}
	fmt.Fprintf(p.Err, "%d files, %s.\n", len(files), bytesInWords(total))
	if gone > 0 {
		return lostError(gone)
	}
	return nil
}

// lost counts the files that were chosen but are no longer in storage; nil is
// all of them.
func lost(files []file, chosen []int) (n int) {
	for _, f := range files {
		if f.State == fileLost && (chosen == nil || slices.Contains(chosen, f.Index)) {
			n++
		}
	}
	return n
}

func lostError(n int) error {
	return fmt.Errorf("%d files are no longer in storage; delete the download and submit it again to fetch them", n)
}

// wanted returns the stored files that were chosen; nil is all of them.
func wanted(files []file, chosen []int) (out []file, total int64, err error) {
	want := map[int]bool{}
	for _, i := range chosen {
		want[i] = true
	}
	for _, f := range files {
		if f.State != fileStored || (chosen != nil && !want[f.Index]) {
			continue
		}
		delete(want, f.Index)
		out = append(out, f)
		total += f.Size
	}
	for i := range want {
		return nil, 0, usagef("The download has no file %d in storage.", i)
	}
	if len(out) == 0 {
		return nil, 0, usagef("The download has no files in storage.")
	}
	return out, total, nil
}

// localPath is where a file goes: a lone file directly into the folder, others
// into one named after the job. The names are cleaned once more: the server is
// not trusted with the user's disk.
func localPath(j job, f file, lone bool) string {
	p := source.SanitizePath(strings.Split(f.Path, "/"))
	if p == "" {
		p = fmt.Sprintf("file-%d", f.Index)
	}
	if lone && !strings.Contains(p, "/") {
		return p
	}
	dir := source.SanitizeFileName(strings.ReplaceAll(j.Name, "/", "_"))
	if dir == "" {
		dir = j.ID
	}
	return dir + "/" + p
}

// getter downloads files into a folder.
type getter struct {
	p    *program
	api  *client
	root *os.Root
	bar  *progressbar.ProgressBar
}

// file downloads one file under a temporary name and gives it its own when it
// is complete.
func (g *getter) file(ctx context.Context, f file, name string) error {
	if info, err := g.root.Stat(name); err == nil {
		if info.Mode().IsRegular() && info.Size() == f.Size {
			g.advance(f.Size)
			fmt.Fprintf(g.p.Err, "%s already exists.\n", name)
			return nil
		}
		return fmt.Errorf("%s exists and is a different file; move it away or choose another folder", name)
	}
	if dir := path.Dir(name); dir != "." {
		if err := g.root.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("make folders: %w", err)
		}
	}
	// The temporary name contains the file's id, which identifies its bytes, so
	// a partial file can always be resumed.
	part := path.Join(path.Dir(name), "."+f.ID+partSuffix)
	out, err := g.root.OpenFile(part, os.O_RDWR|os.O_CREATE, downloadMode)
	if err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	err = g.fill(ctx, f, out)
	if err == nil {
		err = out.Sync()
	}
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	if err := g.root.Rename(part, name); err != nil {
		return fmt.Errorf("rename the file: %w", err)
	}
	fmt.Fprintln(g.p.Out, path.Join(g.root.Name(), name))
	return nil
}

// fill brings the file to its full size, over as many connections as it takes.
func (g *getter) fill(ctx context.Context, f file, out *os.File) error {
	have, err := out.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("read the file's size: %w", err)
	}
	if have > f.Size { // cannot be ours
		have = 0
		if err := out.Truncate(0); err != nil {
			return fmt.Errorf("empty the file: %w", err)
		}
	}
	g.advance(have)
	pauses := g.p.pauses()
	for tries := 0; have < f.Size; {
		n, err := g.connection(ctx, f, out, have)
		have += n
		g.advance(n)
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if final, ok := errors.AsType[*backoff.PermanentError](err); ok {
			return final.Err
		}
		if local, ok := errors.AsType[*fs.PathError](err); ok { // the disk, not the network
			return local
		}
		if tries++; n > 0 {
			tries = 1
			pauses.Reset()
		}
		if tries == getTries {
			return err
		}
		select {
		case <-time.After(pauses.NextBackOff()):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// connection asks for a link and writes what it brings from the offset on.
func (g *getter) connection(ctx context.Context, f file, out *os.File, offset int64) (int64, error) {
	var link struct {
		URL string `json:"url"`
	}
	in, err := jsonBody(map[string]string{"disposition": "attachment"})
	if err != nil {
		return 0, err
	}
	if _, err := g.api.do(ctx, http.MethodPost, "/files/"+f.ID+"/link", in, &link); err != nil {
		return 0, permanentUnlessAway(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link.URL, nil)
	if err != nil {
		return 0, backoff.Permanent(errors.New("the server sent an unusable link"))
	}
	if offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	resp, err := g.api.streams.Do(req)
	if err != nil {
		return 0, g.api.unreachable(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := problemOf(resp); err != nil {
		return 0, permanentUnlessAway(err)
	}
	skip := offset
	if resp.StatusCode == http.StatusPartialContent {
		want := fmt.Sprintf("bytes %d-%d/%d", offset, f.Size-1, f.Size)
		if got := resp.Header.Get("Content-Range"); got != want {
			return 0, backoff.Permanent(fmt.Errorf("the server sent %q instead of %q", printable(got), want))
		}
		skip = 0
	}
	if _, err := io.CopyN(io.Discard, resp.Body, skip); err != nil {
		return 0, fmt.Errorf("read the file: %w", err)
	}
	n, err := io.Copy(io.NewOffsetWriter(out, offset), io.LimitReader(resp.Body, f.Size-offset))
	if err == nil && offset+n < f.Size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		err = fmt.Errorf("read the file: %w", err)
	}
	return n, err
}

func (g *getter) advance(n int64) {
	if g.bar != nil {
		_ = g.bar.Add64(n)
	}
}
