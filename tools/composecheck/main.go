// Command composecheck loads compose files, a first one and what is laid over it,
// with the compose specification's own loader and schema, and fails on what the
// schema or the rules of this project refuse: an image without a pinned version,
// a container that is or may become root, that can change its image, has
// capabilities or may take the whole machine, a service whose health nobody
// checks, a secret in the environment or in an argument, a key of the storage
// that two services share, a port for everybody, and a network that leads from
// agents, which handle what strangers send, to a neighbour that asks nobody who
// they are. No container engine is needed.
package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

func main() {
	if err := run(context.Background(), os.Args[1:]...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, files ...string) error {
	opts, err := cli.NewProjectOptions(files, cli.WithOsEnv, cli.WithProfiles([]string{"*"}))
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
		faults = append(faults, reach(project, name, svc)...)
		faults = append(faults, confined(name, svc)...)
		faults = append(faults, openSecrets(name, svc)...)
		faults = append(faults, watched(project, name, svc)...)
	}
	faults = append(faults, ownKeys(project)...)
	slices.Sort(faults)
	file := strings.Join(files, " with ")
	if len(faults) > 0 {
		return fmt.Errorf("%s:\n  %s", file, strings.Join(faults, "\n  "))
	}
	fmt.Printf("%s: %d services, %d secrets, schema and rules hold\n", file, len(project.Services), len(project.Secrets))
	return nil
}

// agents run what strangers send. They may reach those who ask who they are.
const agents = "agent"

// isAgent also tells the agents of other files by their name, such as agent-2.
func isAgent(name string) bool { return name == agents || strings.HasPrefix(name, agents+"-") }

var agentsMayReach = []string{"api", "worker", "s3"}

// open are the services that do what anybody asks of them.
var open = []string{"temporal", "temporal-ui"}

// reach checks who can reach a service.
func reach(project *types.Project, name string, svc types.ServiceConfig) []string {
	var faults []string
	for _, p := range svc.Ports {
		if p.HostIP != "127.0.0.1" {
			faults = append(faults, name+": a port is published beyond the host's loopback: "+p.Published)
		}
	}
	if svc.NetworkMode != "" {
		faults = append(faults, name+": it is on no network of its own: "+svc.NetworkMode)
	}
	if !isAgent(name) && shareNetwork(svc, project.Services[agents]) {
		if !slices.Contains(agentsMayReach, name) {
			faults = append(faults, name+": agents can reach it")
		}
		if listen := svc.Environment["METRICS_LISTEN"]; listen != nil && !namesHost(*listen) {
			faults = append(faults, name+": agents can reach its metrics: "+*listen)
		}
	}
	if slices.Contains(open, name) {
		if len(svc.Ports) > 0 {
			faults = append(faults, name+": it asks nobody who they are, and publishes a port")
		}
		for network := range svc.Networks {
			if !project.Networks[network].Internal {
				faults = append(faults, name+": it asks nobody who they are, and is on a network that leads out: "+network)
			}
		}
	}
	return faults
}

func shareNetwork(a, b types.ServiceConfig) bool {
	for network := range a.Networks {
		if _, both := b.Networks[network]; both {
			return true
		}
	}
	return false
}

// namesHost reports whether an address to listen at is one on one network.
func namesHost(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	ip, ipErr := netip.ParseAddr(host)
	return err == nil && host != "" && (ipErr != nil || !ip.IsUnspecified())
}

func check(name string, svc types.ServiceConfig) []string {
	var faults []string
	if svc.Build == nil && (!strings.Contains(svc.Image, ":") || strings.HasSuffix(svc.Image, ":latest")) {
		faults = append(faults, name+": the image has no pinned version: "+svc.Image)
	}
	user, group, _ := strings.Cut(svc.User, ":")
	switch {
	case user == "":
		faults = append(faults, name+": it names no user, so the image may run it as root")
	case svc.Privileged || isRoot(user) || isRoot(group):
		faults = append(faults, name+": runs privileged or as root")
	}
	return faults
}

func isRoot(name string) bool { return name == "root" || name == "0" }

// watched checks that a service which is meant to keep running has a health
// check. One that ends is waited for by others, or is started by hand.
func watched(project *types.Project, name string, svc types.ServiceConfig) []string {
	ends := svc.Restart == "no"
	for _, other := range project.Services {
		ends = ends || other.DependsOn[name].Condition == types.ServiceConditionCompletedSuccessfully
	}
	if ends || svc.HealthCheck != nil && !svc.HealthCheck.Disable && len(svc.HealthCheck.Test) > 0 {
		return nil
	}
	return []string{name + ": nothing checks its health"}
}
