// Package tooltest helps tests that need ffmpeg and ffprobe, confined or not.
package tooltest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"longhaul/internal/media/tool"
)

// Main runs a package's tests with a runner of what is installed, and ends the
// process. It also makes the process one of the runner's programs if it was
// started as such.
func Main(m *testing.M, runner **tool.Runner) {
	tool.Child()
	r, err := tool.New(context.Background(), "ffmpeg", "ffprobe")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	*runner = r
	os.Exit(m.Run())
}

// Output runs a program, outside of any confinement, and returns what it wrote.
func Output(tb testing.TB, name string, args ...string) []byte {
	tb.Helper()
	var out, said bytes.Buffer
	cmd := exec.CommandContext(tb.Context(), name, args...)
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		tb.Fatalf("%s %v: %v\n%s", name, args, err, &said)
	}
	return out.Bytes()
}
