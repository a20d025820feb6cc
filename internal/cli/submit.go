package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/google/uuid"

	"longhaul/internal/source"
	"longhaul/internal/wait"
	"longhaul/models"
)

// submitTries bounds how often a submission is repeated with the same
// idempotency key while the server is away.
const submitTries = 5

type submitCmd struct {
	Sources []string `arg:"" name:"source" help:"Magnet links, URLs, info hashes, or paths of .torrent files; “-” reads a .torrent from standard input."`

	Again  bool   `help:"Download again what you have already; of several sources, those are left out otherwise."`
	Choose bool   `help:"Choose the files once the list is known." xor:"files"`
	Select string `help:"Fetch only these files, by index: 0,2-5." xor:"files"`
	Page   bool   `help:"Keep a web page that the URL leads to, as the file." name:"keep-page"`
	Watch  bool   `help:"Follow the download until it ends." short:"w"`
}

// Run submits a job. A lost answer is asked for again with the same key, so
// that it never becomes two jobs.
func (c *submitCmd) Run(ctx context.Context, p *program) error {
	chosen, err := parseChoice(c.Select)
	if err != nil {
		return err
	}
	if len(c.Sources) > 1 {
		return c.many(ctx, p, chosen)
	}
	in, err := c.body(p, chosen)
	if err != nil {
		return err
	}
	api, err := p.newClient()
	if err != nil {
		return err
	}
	key := uuid.NewString()
	j, err := backoff.Retry(ctx, func() (job, error) {
		var j job
		_, err := api.do(ctx, http.MethodPost, "/jobs", in, &j, "Idempotency-Key", key)
		return j, permanentUnlessAway(err)
	}, backoff.WithBackOff(p.pauses()), backoff.WithMaxTries(submitTries))
	if err != nil {
		return err
	}
	if p.json && !c.Watch {
		return p.printJSON(j)
	}
	if c.Choose {
		return c.choose(ctx, p, api, j)
	}
	fmt.Fprintln(p.Out, j.ID)
	if c.Watch {
		return p.watch(ctx, api, j.ID)
	}
	fmt.Fprintf(p.Err, "%s: %s\n", printable(j.title()), printable(j.why()))
	return nil
}

// pauses returns the pauses between tries.
func (p *program) pauses() *backoff.ExponentialBackOff {
	return wait.Growing(p.opts.Retry, max(15*time.Second, p.opts.Retry))
}

// permanentUnlessAway marks every fault that another try does not help.
func permanentUnlessAway(err error) error {
	if err != nil && final(err) {
		return backoff.Permanent(err)
	}
	return err
}

// final reports whether an answer would come again for the same request.
func final(err error) bool {
	e, ok := errors.AsType[*apiError](err)
	if !ok {
		return false
	}
	switch e.Status {
	case http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout, http.StatusTooManyRequests:
		return false
	default:
		return true
	}
}

// body makes the request: JSON for text, a form for a .torrent file.
func (c *submitCmd) body(p *program, chosen []int) (*body, error) {
	given := c.Sources[0]
	torrent, isFile, err := readTorrent(p, given)
	if err != nil {
		return nil, err
	}
	if !isFile {
		if _, err := source.Parse(given); err != nil {
			return nil, usagef("%s", models.AsError(err).Message)
		}
		req := map[string]any{"source": given}
		if chosen != nil {
			req["select"] = chosen
		}
		if c.Choose {
			req["chooseFiles"] = true
		}
		if c.Page {
			req["keepPage"] = true
		}
		return jsonBody(req)
	}
	if c.Page {
		return nil, usagef("Only a URL can lead to a page.")
	}
	if _, _, err := source.ParseTorrent(torrent); err != nil {
		return nil, usagef("%s", models.AsError(err).Message)
	}
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("torrent", "upload.torrent")
	if err != nil {
		return nil, fmt.Errorf("write the form: %w", err)
	}
	_, _ = part.Write(torrent) // a buffer takes everything
	if chosen != nil {
		_ = form.WriteField("select", joinIndexes(chosen))
	}
	if c.Choose {
		_ = form.WriteField("chooseFiles", "true")
	}
	if err := form.Close(); err != nil {
		return nil, fmt.Errorf("write the form: %w", err)
	}
	return &body{mediaType: form.FormDataContentType(), data: b.Bytes()}, nil
}

// readTorrent reads the file that the source names, if it names one.
func readTorrent(p *program, given string) ([]byte, bool, error) {
	if given == "-" {
		b, err := io.ReadAll(io.LimitReader(p.In, source.MaxTorrentBytes+1))
		if err != nil {
			return nil, true, fmt.Errorf("read standard input: %w", err)
		}
		return b, true, nil
	}
	info, err := os.Stat(given)
	if err != nil || !info.Mode().IsRegular() {
		if strings.HasSuffix(strings.ToLower(given), ".torrent") && !strings.Contains(given, "://") {
			return nil, false, usagef("No such file: %s.", given)
		}
		return nil, false, nil
	}
	if info.Size() > source.MaxTorrentBytes {
		return nil, true, usagef("%s is too large for a .torrent file.", given)
	}
	b, err := os.ReadFile(given)
	if err != nil {
		return nil, true, fmt.Errorf("read %s: %w", given, err)
	}
	return b, true, nil
}

// choose waits for the file list, asks, and sends the choice.
func (c *submitCmd) choose(ctx context.Context, p *program, api *client, j job) error {
	fmt.Fprintln(p.Out, j.ID)
	j, err := p.watchUntil(ctx, api, j.ID, func(j job) bool { return j.State == models.StateAwaitingSelection })
	if err != nil || j.State != models.StateAwaitingSelection {
		return err
	}
	files, err := api.allFiles(ctx, j.ID)
	if err != nil {
		return err
	}
	if err := p.printFiles(files); err != nil {
		return err
	}
	answer, err := p.ask(bufio.NewReader(p.In), "Files to fetch (0,2-5 or all): ")
	if err != nil {
		return usagef("Choose later with “longhaul select %s 0,2-5”.", j.ID)
	}
	if err := sendChoice(ctx, api, j.ID, files, answer); err != nil {
		return err
	}
	if c.Watch {
		return p.watch(ctx, api, j.ID)
	}
	return nil
}

type selectCmd struct {
	Job   string `arg:"" name:"download" help:"Id of the download, or its last characters."`
	Files string `arg:"" help:"Indexes of the files: 0,2-5, or all."`
}

// Run sends a choice of files.
func (c *selectCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	j, err := api.findJob(ctx, c.Job)
	if err != nil {
		return err
	}
	files, err := api.allFiles(ctx, j.ID)
	if err != nil {
		return err
	}
	return sendChoice(ctx, api, j.ID, files, c.Files)
}

func sendChoice(ctx context.Context, api *client, id string, files []file, answer string) error {
	var chosen []int
	if strings.EqualFold(strings.TrimSpace(answer), "all") {
		for _, f := range files {
			chosen = append(chosen, f.Index)
		}
	} else {
		var err error
		if chosen, err = parseChoice(answer); err != nil {
			return err
		}
	}
	if len(chosen) == 0 {
		return usagef("Choose at least one file.")
	}
	in, err := jsonBody(map[string][]int{"indexes": chosen})
	if err != nil {
		return err
	}
	_, err = api.do(ctx, http.MethodPost, "/jobs/"+id+"/select", in, nil)
	return err
}

// parseChoice reads indexes and ranges joined by commas; nil for none.
func parseChoice(s string) ([]int, error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	bad := usagef("%q is not a list of file indexes such as 0,2-5.", s)
	var out []int
	for item := range strings.SplitSeq(s, ",") {
		low, high, isRange := strings.Cut(strings.TrimSpace(item), "-")
		from, err := strconv.Atoi(low)
		to := from
		if err == nil && isRange {
			to, err = strconv.Atoi(high)
		}
		if err != nil || from < 0 || to < from || to >= source.MaxFiles || len(out)+to-from >= source.MaxFiles {
			return nil, bad
		}
		for i := from; i <= to; i++ {
			out = append(out, i)
		}
	}
	return out, nil
}

func joinIndexes(list []int) string {
	s := make([]string, len(list))
	for i, n := range list {
		s[i] = strconv.Itoa(n)
	}
	return strings.Join(s, ",")
}
