// Package cli is the command line program longhaul. Users' commands call the
// API over HTTP, like any other client; operators' commands that must work
// without a running API use the database.
//
// Results go to standard output, everything else to standard error, so that
// output can be piped. The exit status tells what happened; see the constants.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"longhaul/internal/version"
	"longhaul/models"
)

// Exit statuses.
const (
	ExitOK        = 0
	ExitFailed    = 1   // something went wrong
	ExitUsage     = 2   // the command line makes no sense
	ExitSignedOut = 3   // sign in first
	ExitNotFound  = 4   // no such job or account
	ExitJobEnded  = 5   // the watched job failed, was cancelled or needs attention
	ExitStopped   = 130 // interrupted
)

// Streams are where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Options set what a command takes from its surroundings.
type Options struct {
	Build     version.Build
	ConfigDir string        // where the session is kept; empty is the user's configuration folder
	Retry     time.Duration // first pause before a broken connection is tried again; 0 is a second
}

// program is what every command gets: streams, the API and the session.
type program struct {
	Streams
	opts   Options
	server string
	json   bool
}

// commands is the command line as kong reads it.
type commands struct {
	Server  string           `help:"Address of the Longhaul server. Without it, the one of the last login, or http://localhost:8080." env:"LONGHAUL_URL" placeholder:"URL"`
	JSON    bool             `help:"Print JSON instead of tables."`
	Version kong.VersionFlag `help:"Print the version and commit."`

	Login  loginCmd  `cmd:"" help:"Sign in: create an API token and store it." group:"Account"`
	Logout logoutCmd `cmd:"" help:"Revoke the stored API token and delete it." group:"Account"`

	Submit submitCmd `cmd:"" help:"Submit a magnet link, a URL, an info hash or a .torrent file." group:"Downloads"`
	List   listCmd   `cmd:"" aliases:"ls" help:"List your downloads." group:"Downloads"`
	Watch  watchCmd  `cmd:"" help:"Follow a download until it ends." group:"Downloads"`
	Get    getCmd    `cmd:"" help:"Save a download's files to this machine; resumes partial files." group:"Downloads"`
	Files  filesCmd  `cmd:"" help:"List a download's files." group:"Downloads"`
	Select selectCmd `cmd:"" help:"Choose the files of a download that awaits a selection." group:"Downloads"`
	Pause  pauseCmd  `cmd:"" help:"Pause a download." group:"Downloads"`
	Resume resumeCmd `cmd:"" help:"Resume a paused download." group:"Downloads"`
	Cancel cancelCmd `cmd:"" help:"Cancel a download." group:"Downloads"`
	Retry  retryCmd  `cmd:"" help:"Retry a download." group:"Downloads"`
	Rm     rmCmd     `cmd:"" help:"Delete a download and its files: to the trash, or for good." group:"Downloads"`
	Trash  trashCmd  `cmd:"" help:"What you deleted and can still restore." group:"Downloads"`
	Labels labelsCmd `cmd:"" help:"Your labels, and which downloads have them." group:"Downloads"`
	Rules  rulesCmd  `cmd:"" help:"What applies to new downloads where you choose nothing else." group:"Downloads"`
	Links  linksCmd  `cmd:"" help:"Your download links, which work without signing in." group:"Downloads"`

	Agents  agentsCmd  `cmd:"" help:"Compute agents." group:"Operator"`
	Admin   adminCmd   `cmd:"" help:"Administration." group:"Operator"`
	Audit   auditCmd   `cmd:"" help:"The audit log." group:"Operator"`
	Storage storageCmd `cmd:"" help:"Object storage: its keys, and how it compares with the database." group:"Operator"`
	Config  configCmd  `cmd:"" help:"Configuration." group:"Operator"`
	Migrate migrateCmd `cmd:"" help:"Migrate the database schema to the newest version." group:"Operator"`
	Backup  backupCmd  `cmd:"" help:"Back up the database, with a list of the objects and fingerprints of the secrets (with the worker's settings)." group:"Operator"`
	Secrets secretsCmd `cmd:"" help:"The secrets of the installation." group:"Operator"`
	Restore restoreCmd `cmd:"" help:"Restore a backup into an empty database (with the worker's settings)." group:"Operator"`

	PrintVersion versionCmd `cmd:"" name:"version" help:"Print the version and commit."`
}

// exitCode carries kong's wish to exit out of it.
type exitCode int

// Run runs one command line and returns the exit status.
func Run(ctx context.Context, args []string, s Streams, o Options) (code int) {
	defer func() {
		if p := recover(); p != nil {
			c, ok := p.(exitCode)
			if !ok {
				panic(p)
			}
			code = int(c)
		}
	}()
	if o.Retry == 0 {
		o.Retry = time.Second
	}
	var cmd commands
	parser, err := kong.New(&cmd,
		kong.Name("longhaul"),
		kong.Description("Longhaul downloads for you on a server: submit and forget.\n\n"+
			"Exit status: 0 done, 1 failed, 2 wrong usage, 3 not signed in, 4 not found, 5 the download failed."),
		kong.Vars{"version": "longhaul " + o.Build.String()},
		kong.Writers(s.Out, s.Err),
		kong.Exit(func(c int) { panic(exitCode(c)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.UsageOnError(),
	)
	if err != nil {
		fmt.Fprintln(s.Err, "longhaul:", err)
		return ExitFailed
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(s.Err, "longhaul: %s\nTry “longhaul --help”.\n", err)
		return ExitUsage
	}
	p := &program{Streams: s, opts: o, server: cmd.Server, json: cmd.JSON}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return p.report(ctx, parsed.Run(p))
}

// report words an error and returns the exit status for it.
func (p *program) report(ctx context.Context, err error) int {
	if err == nil {
		return ExitOK
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintln(p.Err, "longhaul: interrupted")
		return ExitStopped
	}
	fmt.Fprintln(p.Err, "longhaul:", err)
	if ended, ok := errors.AsType[*endedError](err); ok && ended != nil {
		return ExitJobEnded
	}
	if usage, ok := errors.AsType[*usageError](err); ok && usage != nil {
		return ExitUsage
	}
	api, ok := errors.AsType[*apiError](err)
	switch {
	case ok && api.Status == 401:
		fmt.Fprintln(p.Err, "Sign in with “longhaul login”.")
		return ExitSignedOut
	case ok && api.Status == 404, !ok && models.IsNotFound(err):
		return ExitNotFound
	default:
		return ExitFailed
	}
}

// usageError is a command line that parses but makes no sense.
type usageError struct{ message string }

// Error returns the message.
func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error {
	return &usageError{message: fmt.Sprintf(format, args...)}
}

// configDir returns where the session is kept.
func (p *program) configDir() (string, error) {
	if p.opts.ConfigDir != "" {
		return p.opts.ConfigDir, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the configuration folder: %w", err)
	}
	return filepath.Join(dir, "longhaul"), nil
}

// terminal returns the file behind a stream if it is a terminal.
func terminal(stream any) (*os.File, bool) {
	f, ok := stream.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, false
	}
	return f, true
}
