// Command composecheck loads a compose file with the compose specification's
// own loader and schema, and fails on what the schema or the rules of this
// project refuse: an image without a pinned version, a container that may
// become root, a secret in the environment. No container engine is needed.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, file string) error {
	opts, err := cli.NewProjectOptions([]string{file}, cli.WithProfiles([]string{"*"}))
	if err != nil {
		return err
	}
	project, err := opts.LoadProject(ctx)
	if err != nil {
		return err
	}
	var faults []string
	for name, svc := range project.Services {
		faults = append(faults, check(name, svc)...)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%s:\n  %s", file, strings.Join(faults, "\n  "))
	}
	fmt.Printf("%s: %d services, %d secrets, schema and rules hold\n", file, len(project.Services), len(project.Secrets))
	return nil
}

func check(name string, svc types.ServiceConfig) []string {
	var faults []string
	if svc.Build == nil && (!strings.Contains(svc.Image, ":") || strings.HasSuffix(svc.Image, ":latest")) {
		faults = append(faults, name+": the image has no pinned version: "+svc.Image)
	}
	if svc.Privileged || svc.User == "root" || svc.User == "0" {
		faults = append(faults, name+": runs privileged or as root")
	}
	for key, value := range svc.Environment {
		secretName := strings.Contains(key, "PASSWORD") || strings.Contains(key, "SECRET") || strings.Contains(key, "TOKEN")
		if secretName && value != nil && !strings.HasSuffix(key, "_FILE") {
			faults = append(faults, name+": a secret is in the environment: "+key)
		}
	}
	return faults
}
