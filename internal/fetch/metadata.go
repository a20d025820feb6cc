package fetch

import (
	"net/netip"
	"slices"
	"strings"
)

// metadataAddresses are those at which clouds tell a machine its credentials,
// besides the link-local ones.
var metadataAddresses = []netip.Addr{
	netip.MustParseAddr("fd00:ec2::254"),   // AWS
	netip.MustParseAddr("fd20:ce::254"),    // Google
	netip.MustParseAddr("100.100.100.200"), // Alibaba
	netip.MustParseAddr("168.63.129.16"),   // Azure
	netip.MustParseAddr("192.0.0.192"),     // Oracle
}

// metadataNames are the names that lead there.
var metadataNames = []string{"metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"}

// IsMetadata reports whether a host is, or by its name leads to, an address at
// which only a cloud answers: link-local and unspecified addresses, multicast,
// and the known ones.
func IsMetadata(host string) bool {
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	addr, err := netip.ParseAddr(name)
	if err != nil {
		return slices.Contains(metadataNames, name)
	}
	return isMetadata(addr)
}

func isMetadata(addr netip.Addr) bool {
	addr = addr.WithZone("").Unmap()
	return addr.IsLinkLocalUnicast() || addr.IsUnspecified() || addr.IsMulticast() || slices.Contains(metadataAddresses, addr)
}
