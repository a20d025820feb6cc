//go:build e2e

package e2e

import (
	"os/exec"
	"testing"
)

// TestPagesSurvive walks through the built web app in Chromium, against a
// stand-in of the API: with names made to break pages, and in a browser that
// keeps nothing.
func TestPagesSurvive(t *testing.T) {
	for name, script := range map[string]string{
		"hostile names":   "hostile.mjs",
		"blocked storage": "blocked.mjs",
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command("node", "test/browser/"+script)
			cmd.Dir = "../../web"
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
		})
	}
}
