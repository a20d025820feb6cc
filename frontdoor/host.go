package frontdoor

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// LocalOnly answers only requests for a name of this machine: localhost or a
// loopback address. A web site that points its own name at this machine would
// otherwise be served by whatever listens here, with the rights of whoever
// looks at that site.
func LocalOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !local(r.Host) {
			http.Error(w, "This page is available only on localhost.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// LocalOnlyAt is LocalOnly for a server that listens on a loopback address
// alone, and the handler as it is for one that others reach by their own names
// for it.
func LocalOnlyAt(a net.Addr, next http.Handler) http.Handler {
	if local(a.String()) {
		return LocalOnly(next)
	}
	return next
}

func local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
