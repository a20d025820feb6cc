package main

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// mayAdd are the capabilities that a service may have.
var mayAdd = []string{"NET_BIND_SERVICE"}

// confined checks that a service can't change its image, has no capability,
// gains no privilege and takes a bounded part of the machine.
func confined(name string, svc types.ServiceConfig) []string {
	var faults []string
	when := func(bad bool, what string) {
		if bad {
			faults = append(faults, name+": "+what)
		}
	}
	when(!svc.ReadOnly, "its image can be changed: read_only is missing")
	when(!slices.Contains(svc.CapDrop, "ALL"), "it has capabilities: cap_drop lacks ALL")
	for _, c := range svc.CapAdd {
		when(!slices.Contains(mayAdd, strings.TrimPrefix(c, "CAP_")), "it has the capability "+c)
	}
	when(!slices.ContainsFunc(svc.SecurityOpt, func(o string) bool { return o == "no-new-privileges:true" || o == "no-new-privileges" }),
		"it may gain privileges: no-new-privileges is missing")
	for _, o := range svc.SecurityOpt {
		when(strings.Contains(o, "unconfined"), "it is unconfined: "+o)
	}
	memory, pids := svc.MemLimit > 0, svc.PidsLimit > 0
	if svc.Deploy != nil && svc.Deploy.Resources.Limits != nil {
		memory = memory || svc.Deploy.Resources.Limits.MemoryBytes > 0
		pids = pids || svc.Deploy.Resources.Limits.Pids > 0
	}
	when(!memory, "its memory is not limited")
	when(!pids, "its processes are not limited")
	when(svc.Pid != "" || svc.Ipc == "host" || svc.UserNSMode == "host" || len(svc.Devices) > 0, "it shares something of the host")
	for _, v := range svc.Volumes {
		when(strings.HasSuffix(v.Source, "docker.sock"), "it has the container engine's socket")
	}
	return faults
}

var (
	assigned   = regexp.MustCompile(`[A-Z_]+="?\$\(cat /run/secrets/[a-z0-9_]+\)"?`)
	secretFlag = regexp.MustCompile(`(?i)(^|\s)(--?[a-z-]*(password|passwd|secret|token|access)[a-z-]*([= ]|$)|[A-Z_]*(PASSWORD|SECRET|TOKEN)[A-Z_]*=)`)
	secretName = regexp.MustCompile(`PASSWORD|SECRET|TOKEN|_KEY$|_PWD$`)
)

// openSecrets checks that a secret comes from a file, and neither from an
// argument, which every process of the machine can read, nor from the
// environment in this file.
func openSecrets(name string, svc types.ServiceConfig) []string {
	var faults []string
	args := slices.Concat(svc.Command, svc.Entrypoint)
	if svc.HealthCheck != nil {
		args = append(args, svc.HealthCheck.Test...)
	}
	for _, arg := range args {
		arg = strings.ReplaceAll(arg, "$$", "$")
		rest := assigned.ReplaceAllString(arg, "")
		if strings.Contains(rest, "/run/secrets/") || secretFlag.MatchString(rest) || hasLogin(rest) {
			faults = append(faults, name+": a secret is in an argument: "+path.Base(arg))
		}
	}
	for key, value := range svc.Environment {
		if value == nil || *value == "" {
			continue
		}
		if secretName.MatchString(key) && !strings.HasSuffix(key, "_FILE") || hasLogin(*value) {
			faults = append(faults, name+": a secret is in the environment: "+key)
		}
	}
	return faults
}

// hasLogin reports whether a text holds an address with a password.
func hasLogin(text string) bool {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \"'=", r) }) {
		if u, err := url.Parse(word); err == nil && u.User != nil {
			if _, has := u.User.Password(); has {
				return true
			}
		}
	}
	return false
}

// Who may have which key of the storage: its root key is for the server and for
// the service that creates the others, and each of those is for one use.
const (
	storageServer = "s3"
	storageKeys   = "storage"
	storageSecret = "s3_"
)

// ownKeys checks that each use of the storage has a key of its own, and agents
// none.
func ownKeys(project *types.Project) []string {
	var faults []string
	holders := map[string][]string{}
	for name, svc := range project.Services {
		for _, s := range svc.Secrets {
			if strings.HasPrefix(s.Source, storageSecret) && name != storageServer && name != storageKeys {
				holders[s.Source] = append(holders[s.Source], name)
			}
		}
		for key := range svc.Environment {
			if isAgent(name) && strings.HasPrefix(key, "S3_") {
				faults = append(faults, name+": it has to do with storage only by addresses: "+key)
			}
		}
	}
	for secret, names := range holders {
		slices.Sort(names)
		switch {
		case secret == "s3_root":
			faults = append(faults, strings.Join(names, ", ")+": the storage's root key is for "+storageKeys+" alone")
		case slices.ContainsFunc(names, isAgent):
			faults = append(faults, strings.Join(names, ", ")+": an agent has a key of the storage: "+secret)
		case len(names) > 1:
			faults = append(faults, strings.Join(names, ", ")+": they share a key of the storage: "+secret)
		}
	}
	return append(faults, sharedIDs(project)...)
}

// sharedIDs finds services that are the same account to the storage, and an API
// that signs uploads with the key it reads files with.
func sharedIDs(project *types.Project) []string {
	var faults []string
	users := map[string]string{}
	for _, use := range []struct{ service, variable string }{
		{"api", "S3_ACCESS_KEY_ID"}, {"api", "S3_UPLOAD_ACCESS_KEY_ID"}, {"worker", "S3_ACCESS_KEY_ID"},
	} {
		svc, ok := project.Services[use.service]
		if !ok {
			continue
		}
		id := svc.Environment[use.variable]
		if id == nil || *id == "" {
			faults = append(faults, use.service+": it has no key of its own: "+use.variable)
			continue
		}
		if other := users[*id]; other != "" {
			faults = append(faults, use.service+": "+use.variable+" is the key of "+other)
		}
		users[*id] = use.service + "'s " + use.variable
	}
	return faults
}
